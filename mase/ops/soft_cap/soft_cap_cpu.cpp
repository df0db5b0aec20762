// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/soft_cap/soft_cap_cpu.h"

#include <cmath>

namespace mase {
namespace {

class SoftCap final : public Kernel {
public:
  explicit SoftCap(const OperatorDescription &description)
      : scale_(static_cast<float>(description.attribute<double>("scale"))),
        cap_(static_cast<float>(description.attribute<double>("cap"))) {}

  void run(const KernelCall &call) const override {
    const TensorView &x = call.inputs[0];
    for (int64_t h = 0; h < x.heads; ++h)
      for (int64_t r = 0; r < x.rows; ++r) {
        const float *in = x.head(h).row(r);
        float *out = call.output.head(h).row(r);
        for (int64_t c = 0; c < x.cols; ++c)
          out[c] = cap_ * std::tanh(in[c] * scale_ / cap_);
      }
  }

private:
  float scale_, cap_;
};

} // namespace

std::unique_ptr<Kernel> makeSoftCap(const OperatorDescription &description) {
  return std::make_unique<SoftCap>(description);
}

} // namespace mase
