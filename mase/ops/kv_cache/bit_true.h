// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Level 3 of the cache of keys and values: rows are kept as they are stored.
#pragma once

#include "mase/ops/bit_true_operator.h"

namespace mase {

class KvCacheBitTrue final : public BitTrueKernel {
public:
  explicit KvCacheBitTrue(const BitTrueFormats &formats);

  /// Appends the chunk's rows to those that `output` holds of the tokens before; cast, if the cache's format is
  /// another.
  void run(const BitTrueCall &call, IntegerRows &output) const override;
  WideRows wide(const BitTrueCall &call) const override;

private:
  const Format &input_;
};

std::unique_ptr<BitTrueKernel> makeKvCacheBitTrue(const OperatorDescription &op, const BitTrueFormats &formats);
EdgeWish kvCacheReads(const OperatorDescription &op, size_t index);

} // namespace mase
