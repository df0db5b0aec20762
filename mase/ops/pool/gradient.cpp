// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient_registry.h"
#include "mase/ops/pool/pool_cpu.h"

#include <algorithm>

namespace mase {
namespace {

class PoolGradient final : public GradientKernel {
public:
  explicit PoolGradient(bool first) : first_(first) {}
  void run(const GradientCall &call) const override {
    const MatrixView gradient = call.inputGradients[0].head(0);
    for (int64_t r = 0; r < gradient.rows; ++r)
      std::fill_n(gradient.row(r), gradient.cols, 0.0F);
    std::copy_n(call.by.head(0).row(0), gradient.cols, gradient.row(first_ ? 0 : gradient.rows - 1));
  }

private:
  bool first_;
};

} // namespace

gradients::Made gradients::pool(const OperatorDescription &description) {
  return std::make_unique<PoolGradient>(poolsFirst(description));
}

} // namespace mase
