// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The linear layer as the bit-true executor calls it: its sums stay wide, whatever edge comes behind them
/// (docs/operators.md, O2 and O17). Thread-safe.
#pragma once

#include "mase/ops/bit_true_operator.h"

namespace mase {

/// Errors  InputError when the formats have no integer linear (operands.h).
std::unique_ptr<BitTrueKernel> makeLinearBitTrue(const OperatorDescription &op, const BitTrueFormats &formats);
EdgeWish linearReads(const OperatorDescription &op, size_t index);

} // namespace mase
