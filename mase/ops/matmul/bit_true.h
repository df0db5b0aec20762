// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Level 3 of attention's two products: scores (docs/operators.md, O14) and weighted values (O16).
#pragma once

#include "mase/ops/bit_true_operator.h"

namespace mase {

/// By the attribute `transpose_rhs`: scores, in any formats with integers; else values: probabilities in an edge's
/// format, values in fixed<W,F>.
/// Errors  InputError when the formats have no integer product.
std::unique_ptr<BitTrueKernel> makeMatmulBitTrue(const OperatorDescription &op, const BitTrueFormats &formats);

EdgeWish matmulReads(const OperatorDescription &op, size_t index);
EdgeWish matmulWrites(const OperatorDescription &op);

} // namespace mase
