// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Level 3 of softmax: exponentials below the greatest score, not yet divided by their sum (docs/operators.md, O15).
#pragma once

#include "mase/ops/bit_true_operator.h"
#include "mase/ops/softmax/exponentials.h"

namespace mase {

/// The softmax's scale times log2(e) as kappa * 2^exponent, kappa of 16 bits.
struct ExponentialScale {
  int64_t kappa = 0;
  int exponent = 0;
};
ExponentialScale exponentialScale(double scale);

class SoftmaxBitTrue final : public BitTrueKernel {
public:
  /// Errors  InputError when scores are not fixed<W,F>, or the result's format is no edge's.
  SoftmaxBitTrue(const OperatorDescription &op, const BitTrueFormats &formats);

  /// scores, a row for each head and query, to exponentials of the same shape; zero where a mask hides the key.
  void run(const BitTrueCall &call, IntegerRows &output) const override;
  WideRows wide(const BitTrueCall &call) const override;
  const ExponentialStep &step() const { return step_; }
  bool isCausal() const { return causal_; }

private:
  void exponentials(const BitTrueCall &call, BlockIntegers &result) const;

  bool causal_, plain_;
  int64_t window_; // keys that a token sees; 0: all
  ExponentialStep step_;
};

std::unique_ptr<BitTrueKernel> makeSoftmaxBitTrue(const OperatorDescription &op, const BitTrueFormats &formats);
EdgeWish softmaxWrites(const OperatorDescription &op);

} // namespace mase
