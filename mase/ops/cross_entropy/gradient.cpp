// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient_registry.h"
#include "mase/ops/row_exponentials.h"

#include <cmath>

namespace mase {
namespace {

// log(sum of e^x) - x[target] of each row.
class CrossEntropy final : public LossKernel {
public:
  void run(std::span<const TensorView> inputs, std::span<const int32_t> targets, MatrixView loss) const override {
    const MatrixView x = inputs[0].head(0);
    std::vector<float> exponentials(static_cast<size_t>(x.cols));
    for (int64_t r = 0; r < x.rows; ++r) {
      float largest = 0;
      const float sum = rowExponentials(x.row(r), 1, x.cols, exponentials.data(), largest);
      *loss.row(r) = std::log(sum) + largest - x.row(r)[targets[static_cast<size_t>(r)]];
    }
  }
};

// by (softmax(x) - [target]); rows without weight are zero.
class CrossEntropyGradient final : public GradientKernel {
public:
  void run(const GradientCall &call) const override {
    const MatrixView x = call.inputs[0].head(0), gradient = call.inputGradients[0].head(0);
    for (int64_t r = 0; r < x.rows; ++r) {
      float largest = 0;
      const float by = *call.by.head(0).row(r);
      float *out = gradient.row(r);
      const float factor = by / rowExponentials(x.row(r), 1, x.cols, out, largest);
      for (int64_t c = 0; c < x.cols; ++c)
        out[c] *= factor;
      out[call.targets[static_cast<size_t>(r)]] -= by;
    }
  }
};

} // namespace

gradients::Made gradients::crossEntropy(const OperatorDescription &) {
  return std::make_unique<CrossEntropyGradient>();
}
std::unique_ptr<LossKernel> makeCrossEntropy(const OperatorDescription &) { return std::make_unique<CrossEntropy>(); }

} // namespace mase
