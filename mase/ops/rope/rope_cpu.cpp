// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/rope/rope_cpu.h"

#include "mase/ops/rope/rope_angles.h"

#include <algorithm>
#include <cmath>

namespace mase {
namespace {

class Rope final : public Kernel {
public:
  explicit Rope(const OperatorDescription &description)
      : frequencies_(ropeFrequencies(ropeAngles(description), description.inputs.at(0).cols)),
        half_(static_cast<int64_t>(frequencies_.size())), sin_(angles(description.maxRows)) {
    cos_.resize(sin_.size());
    for (size_t i = 0; i < sin_.size(); ++i) {
      const double angle = sin_[i];
      cos_[i] = static_cast<float>(std::cos(angle));
      sin_[i] = static_cast<float>(std::sin(angle));
    }
  }

  void run(const KernelCall &call) const override {
    const TensorView &x = call.inputs[0];
    for (int64_t h = 0; h < x.heads; ++h)
      for (int64_t t = 0; t < x.rows; ++t) {
        const float *in = x.head(h).row(t);
        float *out = call.output.head(h).row(t);
        const float *cosine = cos_.data() + (call.position + t) * half_,
                    *sine = sin_.data() + (call.position + t) * half_;
        for (int64_t c = 0; c < half_; ++c) {
          const float a = in[c], b = in[c + half_];
          out[c] = a * cosine[c] - b * sine[c];
          out[c + half_] = b * cosine[c] + a * sine[c];
        }
        std::copy(in + 2 * half_, in + x.cols, out + 2 * half_);
      }
  }

private:
  // Each factor and the product rounded to fp32 as the reference implementation does.
  std::vector<float> angles(int64_t positions) const {
    std::vector<float> result;
    for (int64_t p = 0; p < positions; ++p)
      for (double frequency : frequencies_)
        result.push_back(static_cast<float>(p) * static_cast<float>(frequency));
    return result;
  }

  std::vector<double> frequencies_; // of each pair
  int64_t half_;
  std::vector<float> sin_, cos_; // maxRows x half
};

} // namespace

std::unique_ptr<Kernel> makeRope(const OperatorDescription &description) { return std::make_unique<Rope>(description); }

} // namespace mase
