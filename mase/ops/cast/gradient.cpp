// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/registry.h"
#include "mase/formats/saturation.h"
#include "mase/ops/gradient_registry.h"

namespace mase {
namespace {

// The straight-through estimator: as if the cast were not there, but nothing where an element is beyond the format's
// largest. Source: Bengio, Leonard and Courville, Estimating or propagating gradients through stochastic neurons, 2013.
class CastGradient final : public GradientKernel {
public:
  explicit CastGradient(const OperatorDescription &description)
      : format_(parseFormat(description.attribute<std::string>("format"))) {
    if (!description.constants.empty())
      weight_ = description.constants[0].values;
  }

  void run(const GradientCall &call) const override {
    const MatrixView by = call.by.head(0);
    if (!weight_.data)
      return stopSaturated(format_, call.inputs[0].head(0), by, call.inputGradients[0].head(0));
    call.inOrder([&] { stopSaturated(format_, weight_, by, call.constantGradients[0]); });
  }

private:
  const Format &format_;
  ConstMatrixView weight_;
};

} // namespace

gradients::Made gradients::cast(const OperatorDescription &description) {
  return std::make_unique<CastGradient>(description);
}

} // namespace mase
