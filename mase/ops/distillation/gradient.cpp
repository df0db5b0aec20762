// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient_registry.h"
#include "mase/ops/row_exponentials.h"

#include <cmath>

namespace mase {
namespace {

// With p = softmax(teacher / t) and q = softmax(x / t): t^2 sum of p (log p - log q).
class Distillation final : public LossKernel {
public:
  explicit Distillation(const OperatorDescription &description)
      : temperature_(description.attribute<double>("temperature")) {}

  void run(std::span<const TensorView> inputs, std::span<const int32_t>, MatrixView loss) const override {
    const MatrixView x = inputs[0].head(0), teacher = inputs[1].head(0);
    std::vector<float> p(static_cast<size_t>(x.cols)), q(p.size());
    const auto factor = static_cast<float>(1 / temperature_);
    for (int64_t r = 0; r < x.rows; ++r) {
      float largestP = 0, largestQ = 0;
      const float *in = x.row(r), *of = teacher.row(r);
      const double sumP = rowExponentials(of, factor, x.cols, p.data(), largestP);
      const double sumQ = rowExponentials(in, factor, x.cols, q.data(), largestQ);
      double mean = 0; // of teacher - x by p
      for (int64_t c = 0; c < x.cols; ++c)
        mean += static_cast<double>(p[static_cast<size_t>(c)]) * (static_cast<double>(of[c]) - in[c]);
      const double logRatio = (mean / sumP - largestP + largestQ) / temperature_ + std::log(sumQ / sumP);
      *loss.row(r) = static_cast<float>(temperature_ * temperature_ * logRatio);
    }
  }

private:
  double temperature_;
};

// t by (q - p); the teacher learns nothing.
class DistillationGradient final : public GradientKernel {
public:
  explicit DistillationGradient(const OperatorDescription &description)
      : temperature_(static_cast<float>(description.attribute<double>("temperature"))) {}

  void run(const GradientCall &call) const override {
    const MatrixView x = call.inputs[0].head(0), teacher = call.inputs[1].head(0),
                     gradient = call.inputGradients[0].head(0);
    std::vector<float> p(static_cast<size_t>(x.cols));
    for (int64_t r = 0; r < x.rows; ++r) {
      float largest = 0;
      float *out = gradient.row(r);
      const float by = *call.by.head(0).row(r) * temperature_;
      const float ofP = by / rowExponentials(teacher.row(r), 1 / temperature_, x.cols, p.data(), largest);
      const float ofQ = by / rowExponentials(x.row(r), 1 / temperature_, x.cols, out, largest);
      for (int64_t c = 0; c < x.cols; ++c)
        out[c] = out[c] * ofQ - p[static_cast<size_t>(c)] * ofP;
    }
  }

private:
  float temperature_;
};

} // namespace

gradients::Made gradients::distillation(const OperatorDescription &description) {
  return std::make_unique<DistillationGradient>(description);
}
std::unique_ptr<LossKernel> makeDistillation(const OperatorDescription &description) {
  return std::make_unique<Distillation>(description);
}

} // namespace mase
