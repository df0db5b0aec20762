// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient_registry.h"

#include <algorithm>

namespace mase {
namespace {

// dx = scale p (dp - sum(p dp)), row by row; zero where the row does not see a key.
class SoftmaxGradient final : public GradientKernel {
public:
  explicit SoftmaxGradient(const OperatorDescription &description)
      : scale_(static_cast<float>(description.attributeOr("scale", 1.0))),
        causal_(description.attributeOr("causal", false)), window_(description.attributeOr<int64_t>("window", 0)) {}

  void run(const GradientCall &call) const override {
    const TensorView &gradient = call.inputGradients[0];
    for (int64_t h = 0; h < gradient.heads; ++h)
      for (int64_t r = 0; r < gradient.rows; ++r) {
        const int64_t keys = causal_ ? std::min(r + 1, gradient.cols) : gradient.cols;
        const int64_t hidden = window_ > 0 ? std::max<int64_t>(0, keys - window_) : 0;
        const float *p = call.output.head(h).row(r), *by = call.by.head(h).row(r);
        float *out = gradient.head(h).row(r);
        float partial[16] = {}; // lanes that the compiler adds side by side
        int64_t c = hidden;
        for (; c + 16 <= keys; c += 16)
          for (int64_t i = 0; i < 16; ++i)
            partial[i] += p[c + i] * by[c + i];
        float sum = 0;
        for (; c < keys; ++c)
          sum += p[c] * by[c];
        for (float part : partial)
          sum += part;
        std::fill(out, out + hidden, 0.0F);
        for (c = hidden; c < keys; ++c)
          out[c] = scale_ * p[c] * (by[c] - sum);
        std::fill(out + keys, out + gradient.cols, 0.0F);
      }
  }

private:
  float scale_;
  bool causal_;
  int64_t window_;
};

} // namespace

gradients::Made gradients::softmax(const OperatorDescription &description) {
  return std::make_unique<SoftmaxGradient>(description);
}

} // namespace mase
