// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Level 3 of probabilities times values (docs/operators.md, O16): exact sums, divided once by the sum of the row.
#pragma once

#include "mase/ops/bit_true_operator.h"
#include "mase/ops/function_table.h"

namespace mase {

class ValuesBitTrue final : public BitTrueKernel {
public:
  /// Errors  InputError when values are not fixed<W,F> or W + 8 bits and the keys' bits exceed 63.
  ValuesBitTrue(const OperatorDescription &op, const BitTrueFormats &formats);

  /// exponentials (a row for each head and query, not yet divided) and values (all tokens x heads * features) to
  /// tokens x heads * features.
  WideRows wide(const BitTrueCall &call) const override;
  /// Of 1 + z.
  const FunctionTable &reciprocal() const { return reciprocal_; }

private:
  bool causal_;
  const Format &probability_;
  int valueBits_, fraction_;
  bool plain_; // exponentials are numbers of 2^-15 as they are
  const FunctionTable &reciprocal_;
};

} // namespace mase
