// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient_registry.h"
#include "mase/ops/rope/rope_angles.h"

#include <algorithm>
#include <cmath>

namespace mase {
namespace {

// A turn's gradient turns back.
class RopeGradient final : public GradientKernel {
public:
  explicit RopeGradient(const OperatorDescription &description) {
    const std::vector<double> frequencies = ropeFrequencies(ropeAngles(description), description.inputs.at(0).cols);
    half_ = std::ssize(frequencies);
    for (int64_t p = 0; p < description.maxRows; ++p)
      for (double frequency : frequencies) {
        const double angle = static_cast<float>(p) * static_cast<float>(frequency); // as rope_cpu.cpp rounds it
        cos_.push_back(static_cast<float>(std::cos(angle)));
        sin_.push_back(static_cast<float>(std::sin(angle)));
      }
  }

  void run(const GradientCall &call) const override {
    const TensorView &gradient = call.inputGradients[0];
    for (int64_t h = 0; h < gradient.heads; ++h)
      for (int64_t t = 0; t < gradient.rows; ++t) {
        const float *by = call.by.head(h).row(t), *cosine = cos_.data() + t * half_, *sine = sin_.data() + t * half_;
        float *out = gradient.head(h).row(t);
        for (int64_t c = 0; c < half_; ++c) {
          const float a = by[c], b = by[c + half_];
          out[c] = a * cosine[c] + b * sine[c];
          out[c + half_] = b * cosine[c] - a * sine[c];
        }
        std::copy(by + 2 * half_, by + gradient.cols, out + 2 * half_);
      }
  }

private:
  int64_t half_ = 0;
  std::vector<float> sin_, cos_; // maxRows x half
};

} // namespace

gradients::Made gradients::rope(const OperatorDescription &description) {
  return std::make_unique<RopeGradient>(description);
}

} // namespace mase
