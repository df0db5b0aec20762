// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Energy of the dot product of a format in standard cells, on operands that a model really has.
///
/// The dot product is a linear's: 32 elements of an input and of a weight decoded, multiplied, summed, with its two
/// registers. Energy per product is relative by nature (gate_netlist.h): ASIC cells, no glitches, no wires.
#pragma once

#include "mase/hardware/gate_netlist.h"
#include "mase/ops/linear/linear_config.h"
#include "mase/support/matrix.h"

#include <filesystem>

namespace mase {

/// What meets in a dot product, cycle by cycle: pairs of blocks of 32.
class DotOperands {
public:
  /// One linear: the blocks of `inputs`' row `row` with those of output `output`.
  void add(const Format &inputFormat, ConstMatrixView inputs, int64_t row, const Format &weightFormat,
           ConstMatrixView weight, int64_t output);
  size_t count() const { return vectors_.size(); }
  const std::vector<std::vector<bool>> &vectors() const { return vectors_; }

private:
  std::vector<std::vector<bool>> vectors_; // 32 codes of the input, then 32 of the weight, lowest bit first
};

struct DotEnergy {
  double perProduct = 0; // in the library's unit
  double area = 0;       // of the dot product's cells, in the library's unit
};

/// The formats may differ from those of `operands` in what no element shows: static steps.
/// Errors  InputError: the formats have no linear, faults of mapToCells and simulateGates.
DotEnergy dotEnergy(const Format &inputFormat, const Format &weightFormat, const DotOperands &operands,
                    const std::filesystem::path &liberty, const std::filesystem::path &cache = {},
                    const std::string &yosys = "yosys");

} // namespace mase
