// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A netlist of standard cells and the energy that it spends on a sequence of inputs.
///
/// Energy is counted, not timed: every net settles once a cycle (no glitches), wires weigh nothing, leakage is left
/// out. A change of a net costs half of its pins' capacitance times volts squared; a change of a pin costs its internal
/// energy where the library has one. Clock pins change twice a cycle. Values of flip-flops are those of the cycle
/// before, so through a pipeline of any depth the changes are the same, and a netlist is evaluated as if it had no
/// registers. Thread-safe on different objects.
#pragma once

#include "mase/hardware/liberty.h"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace mase {

struct GateNetlist {
  struct Gate {
    std::string cell;
    std::vector<std::pair<std::string, int>> pins; // name, net
  };
  int nets = 2;            // 0 and 1 are the constants
  std::vector<int> inputs; // nets of the input port, lowest bit first
  std::vector<int> outputs;
  std::vector<Gate> gates;
};

/// Maps `top` of these SystemVerilog texts to the cells of a liberty file, flattened: Yosys, dfflibmap and abc. `top`
/// has ports clk_i, data_i and data_o. Cached as synthesizeModule (synthesize.h).
/// Errors  InputError: no Yosys, the run fails.
GateNetlist mapToCells(const std::string &top, const std::string &text,
                       const std::vector<std::filesystem::path> &sources, const std::filesystem::path &liberty,
                       const std::filesystem::path &cache = {}, const std::string &yosys = "yosys");

struct GateActivity {
  double energy = 0;                      // a cycle, in the library's unit (liberty.h)
  double area = 0;                        // of all cells, in the library's unit
  std::vector<std::vector<bool>> outputs; // one a vector: what the netlist computes
};

/// vectors  one or more input values in sequence, each of as many bits as the netlist has inputs
/// Errors  InputError: a cell that the library does not have, a loop without a register.
GateActivity simulateGates(const GateNetlist &netlist, const Liberty &library,
                           const std::vector<std::vector<bool>> &vectors);

} // namespace mase
