// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Gradients of operators that change each element by itself: silu, gelu, relu, tanh, soft_cap.
///
/// The operator's folder gives a function over one row: dx = dy * f'(x), out of x or of y = f(x), whichever the
/// gradient reads. Thread-safe on disjoint outputs.
#pragma once

#include "mase/ops/gradient_kernel.h"

namespace mase {

/// Which of the two the row function is given.
enum class UnaryReads { input, result };

/// `Row` is called as row(known, by, gradient, count); known is x or y.
template <UnaryReads reads, typename Row>
class UnaryGradient final : public GradientKernel {
public:
  explicit UnaryGradient(Row row) : row_(std::move(row)) {}

  void run(const GradientCall &call) const override {
    const TensorView &known = reads == UnaryReads::input ? call.inputs[0] : call.output;
    const TensorView &gradient = call.inputGradients[0];
    for (int64_t h = 0; h < gradient.heads; ++h)
      for (int64_t r = 0; r < gradient.rows; ++r)
        row_(known.head(h).row(r), call.by.head(h).row(r), gradient.head(h).row(r), gradient.cols);
  }

private:
  Row row_;
};

template <UnaryReads reads, typename Row>
std::unique_ptr<GradientKernel> unaryGradient(Row row) {
  return std::make_unique<UnaryGradient<reads, Row>>(std::move(row));
}

} // namespace mase
