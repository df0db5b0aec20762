// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Operators that follow one another and have one kernel together.
///
/// Each reads the result of the one before it as its first operand, and nobody else reads that. The kernel computes the
/// last one's result in the same bits as one after the other, from the other operands in order; what lies between is
/// never in memory. Whoever wants to see that, or to quantise it, runs the operators one by one.
#pragma once

#include "mase/ops/operator.h"

#include <string_view>

namespace mase {

struct Fusion {
  std::vector<std::string_view> operators; // at least two
  /// Null when the descriptions, one for each, do not go together.
  std::unique_ptr<Kernel> (*make)(std::span<const OperatorDescription *const> descriptions);
};

/// One line each, in fusion.cpp; the first that fits counts.
const std::vector<Fusion> &fusions();

} // namespace mase
