// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A library of standard cells as a liberty file describes it: what a gate computes, what its pins load, what switching
/// costs. As much of the format as energy needs; delays are skipped.
///
/// Energies are in the file's unit of capacitance times volts squared (pJ for pF): liberty's own unit of energy.
/// Source  Liberty User Guide, 2017: internal_power, ff, function
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mase {

struct LibertyPin {
  bool output = false;
  double capacitance = 0;
  /// Of one change of the pin, mean of rise and fall, at the least load and slew of each table; 0 where none is given.
  double internalEnergy = 0;
  std::string function; // of outputs
};

struct LibertyCell {
  double area = 0;
  std::map<std::string, LibertyPin> pins;
  // Of a flip-flop: the names that functions give its state and the state's complement, and what is stored.
  std::string state, complement, nextState, clock;
};

struct Liberty {
  double voltage = 0; // nom_voltage
  std::map<std::string, LibertyCell> cells;
};

/// Errors  InputError with FILE:LINE: no liberty, or one without voltage or cells.
Liberty readLiberty(const std::filesystem::path &path);

/// A function of pins, 64 cases at once: `! ' & * + | ^` and parentheses, side by side means and.
class LibertyFunction {
public:
  /// names  where each pin's value stands in `evaluate`'s argument
  /// Errors  InputError: a text that is no function of these names.
  LibertyFunction(const std::string &text, const std::map<std::string, int> &names);
  uint64_t evaluate(const std::vector<uint64_t> &values) const;

private:
  struct Step {
    char kind; // v: push a value, 0 or 1: push a constant, ! & | ^: on what was pushed
    int value = 0;
  };
  std::vector<Step> steps_; // postfix
};

} // namespace mase
