// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/kv_cache/bit_true.h"

#include "mase/ops/cast/bit_true.h"

#include <cassert>

namespace mase {

KvCacheBitTrue::KvCacheBitTrue(const BitTrueFormats &formats) : input_(*formats.inputs.at(0)) {
  edgeBits(input_);
  edgeBits(*formats.output);
}

WideRows KvCacheBitTrue::wide(const BitTrueCall &call) const { return widen(input_, call.inputs[0]->rows); }

void KvCacheBitTrue::run(const BitTrueCall &call, IntegerRows &output) const {
  const bool same = output.format == &input_;
  const BlockIntegers cast = same ? BlockIntegers{} : castRows(*output.format, input_, call.inputs[0]->rows);
  const BlockIntegers &rows = same ? call.inputs[0]->rows : cast;
  output.heads = call.inputs[0]->heads;
  BlockIntegers &kept = output.rows;
  if (call.position == 0) {
    kept = rows;
    return;
  }
  assert(kept.rows == call.position && kept.cols == rows.cols);
  kept.rows += rows.rows;
  kept.q.insert(kept.q.end(), rows.q.begin(), rows.q.end());
  kept.shift.insert(kept.shift.end(), rows.shift.begin(), rows.shift.end());
  if (output.format->scaleBits() > 0)
    kept.exponent.insert(kept.exponent.end(), rows.exponent.begin(), rows.exponent.end());
  else
    kept.block.rows = kept.rows;
}

std::unique_ptr<BitTrueKernel> makeKvCacheBitTrue(const OperatorDescription &, const BitTrueFormats &formats) {
  return std::make_unique<KvCacheBitTrue>(formats);
}

EdgeWish kvCacheReads(const OperatorDescription &, size_t) { return {.kind = EdgeWish::Kind::same}; }

} // namespace mase
