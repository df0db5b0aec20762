// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Level 3 of `pool`: the stored row of one token (docs/operators.md, O19). It computes nothing: the row keeps the
/// format of its edge, or is cast to another.
#pragma once

#include "mase/ops/bit_true_operator.h"

namespace mase {

class PoolBitTrue final : public BitTrueKernel {
public:
  /// Errors  InputError when a format is no edge's (edgeBits).
  PoolBitTrue(const OperatorDescription &op, const BitTrueFormats &formats);

  /// tokens x features to 1 x features.
  void run(const BitTrueCall &call, IntegerRows &output) const override;
  WideRows wide(const BitTrueCall &call) const override;

private:
  BlockIntegers row(const BitTrueCall &call) const;

  bool first_;
  const Format &input_;
};

std::unique_ptr<BitTrueKernel> makePoolBitTrue(const OperatorDescription &op, const BitTrueFormats &formats);
EdgeWish poolReads(const OperatorDescription &op, size_t index);

} // namespace mase
