// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient_registry.h"
#include "mase/ops/linear/packed_gemm.h"

#include <algorithm>

namespace mase {
namespace {

// Of y = Q(x) Q(W)^T + b with respect to the quantised operands: dx = dy Q(W), dW = dy^T Q(x), db = sum of dy.
class LinearGradient final : public GradientKernel {
public:
  explicit LinearGradient(const OperatorDescription &description) : weight_(description.constants.at(0).values) {}

  void prepare(std::span<const Format *const> formats) override {
    if (formats[0] == &fp32())
      return packTransposedInto(weight_, packed_);
    std::vector<float> quantized(static_cast<size_t>(weight_.rows * weight_.cols));
    const MatrixView view(quantized.data(), weight_.rows, weight_.cols);
    formats[0]->fakeQuantize(weight_, view);
    packTransposedInto(view, packed_);
  }

  void run(const GradientCall &call) const override {
    const MatrixView by = call.by.head(0);
    if (call.inputGradients[0].data)
      multiply(by, packed_, call.inputGradients[0].head(0));
    const MatrixView dw = call.constantGradients[0];
    const MatrixView db = call.constantGradients.size() > 1 ? call.constantGradients[1] : MatrixView();
    thread_local std::vector<float> product, sum;
    if (dw.data) {
      product.resize(static_cast<size_t>(dw.rows * dw.cols));
      thread_local PackedMatrix packed;
      packTransposedInto(quantized(call), packed);
      multiplyTransposed(by, packed, {product.data(), dw.rows, dw.cols}, Accumulate::no, 0);
    }
    if (db.data) {
      sum.assign(static_cast<size_t>(by.cols), 0.0F);
      for (int64_t r = 0; r < by.rows; ++r)
        for (int64_t c = 0; c < by.cols; ++c)
          sum[static_cast<size_t>(c)] += by.row(r)[c];
    }
    if (dw.data || db.data)
      call.inOrder([&] {
        add(product.data(), dw);
        add(sum.data(), db);
      });
  }

private:
  static ConstMatrixView quantized(const GradientCall &call) {
    const MatrixView x = call.inputs[0].head(0);
    if (call.formats[1] == &fp32())
      return x;
    thread_local std::vector<float> memory;
    memory.resize(static_cast<size_t>(x.rows * x.cols));
    const MatrixView view(memory.data(), x.rows, x.cols);
    call.formats[1]->fakeQuantize(x, view);
    return view;
  }
  // Gradients of constants lie row behind row.
  static void add(const float *from, MatrixView to) {
    if (to.data)
      for (int64_t i = 0; i < to.rows * to.cols; ++i)
        to.data[i] += from[i];
  }

  ConstMatrixView weight_;
  PackedMatrix packed_; // Q(W)^T
};

} // namespace

gradients::Made gradients::linear(const OperatorDescription &description) {
  return std::make_unique<LinearGradient>(description);
}

} // namespace mase
