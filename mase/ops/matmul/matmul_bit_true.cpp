// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/matmul/bit_true.h"

#include "mase/ops/matmul/scores_bit_true.h"
#include "mase/ops/matmul/values_bit_true.h"

namespace mase {

namespace {
bool givesScores(const OperatorDescription &op) { return op.attributeOr("transpose_rhs", false); }
} // namespace

std::unique_ptr<BitTrueKernel> makeMatmulBitTrue(const OperatorDescription &op, const BitTrueFormats &formats) {
  if (givesScores(op))
    return std::make_unique<ScoresBitTrue>(op, formats);
  return std::make_unique<ValuesBitTrue>(op, formats);
}

EdgeWish matmulReads(const OperatorDescription &op, size_t index) {
  if (givesScores(op))
    return {EdgeWish::Kind::named, "mxint8"};
  if (index == 1)
    return {EdgeWish::Kind::calibrated, {}, 10};
  return {};
}

EdgeWish matmulWrites(const OperatorDescription &op) {
  return givesScores(op) ? EdgeWish{.kind = EdgeWish::Kind::named, .format = scoresFormat(op.inputs.at(0).cols)}
                         : EdgeWish{};
}

} // namespace mase
