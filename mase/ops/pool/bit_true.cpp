// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/pool/bit_true.h"

#include "mase/ops/cast/bit_true.h"
#include "mase/ops/embedding/bit_true.h"
#include "mase/ops/pool/pool_cpu.h"

namespace mase {

PoolBitTrue::PoolBitTrue(const OperatorDescription &op, const BitTrueFormats &formats)
    : first_(poolsFirst(op)), input_(*formats.inputs.at(0)) {
  edgeBits(input_);
}

BlockIntegers PoolBitTrue::row(const BitTrueCall &call) const {
  const BlockIntegers &rows = call.inputs[0]->rows;
  const int32_t chosen[] = {first_ ? 0 : static_cast<int32_t>(rows.rows - 1)};
  return embeddingRows(rows, chosen);
}

WideRows PoolBitTrue::wide(const BitTrueCall &call) const { return widen(input_, row(call)); }

void PoolBitTrue::run(const BitTrueCall &call, IntegerRows &output) const {
  if (output.format == &input_)
    output.rows = row(call);
  else
    castRows(*output.format, wide(call), output.rows);
}

std::unique_ptr<BitTrueKernel> makePoolBitTrue(const OperatorDescription &op, const BitTrueFormats &formats) {
  return std::make_unique<PoolBitTrue>(op, formats);
}

EdgeWish poolReads(const OperatorDescription &, size_t) { return {.kind = EdgeWish::Kind::same}; }

} // namespace mase
