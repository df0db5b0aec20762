// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/rms_norm/rms_norm_cpu.h"

#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/ops/rms_norm/rms_norm_cpu.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void normalizeRow(const float *x, const float *weight, float epsilon, float *y, int64_t cols) {
  const hn::CappedTag<float, 16> f;
  const auto lanes = static_cast<int64_t>(hn::Lanes(f));
  auto squares = hn::Zero(f);
  int64_t c = 0;
  for (; c + lanes <= cols; c += lanes) {
    const auto v = hn::LoadU(f, x + c);
    squares = hn::MulAdd(v, v, squares);
  }
  float sum = hn::GetLane(hn::SumOfLanes(f, squares));
  for (; c < cols; ++c)
    sum += x[c] * x[c];
  const float factor = 1.0F / std::sqrt(sum / static_cast<float>(cols) + epsilon);
  for (c = 0; c + lanes <= cols; c += lanes)
    hn::StoreU(hn::Mul(hn::Mul(hn::LoadU(f, x + c), hn::Set(f, factor)), hn::LoadU(f, weight + c)), f, y + c);
  for (; c < cols; ++c)
    y[c] = x[c] * factor * weight[c];
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {
HWY_EXPORT(normalizeRow);
namespace {

class RmsNorm final : public Kernel {
public:
  explicit RmsNorm(const OperatorDescription &description)
      : weight_(description.constants.at(0).values),
        epsilon_(static_cast<float>(description.attribute<double>("epsilon"))) {}

  void run(const KernelCall &call) const override {
    const auto kernel = HWY_DYNAMIC_DISPATCH(normalizeRow);
    for (int64_t h = 0; h < call.output.heads; ++h) {
      const MatrixView x = call.inputs[0].head(h), y = call.output.head(h);
      for (int64_t r = 0; r < x.rows; ++r)
        kernel(x.row(r), weight_.data, epsilon_, y.row(r), x.cols);
    }
  }

private:
  ConstMatrixView weight_;
  float epsilon_;
};

} // namespace

std::unique_ptr<Kernel> makeRmsNorm(const OperatorDescription &description) {
  return std::make_unique<RmsNorm>(description);
}

} // namespace mase
#endif
