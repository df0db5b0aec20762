// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/layer_norm/layer_norm_cpu.h"

#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/ops/layer_norm/layer_norm_cpu.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void centerAndScaleRow(const float *x, const float *weight, const float *bias, float epsilon, float *y, int64_t cols) {
  const hn::CappedTag<float, 16> f;
  const auto lanes = static_cast<int64_t>(hn::Lanes(f));
  const auto count = static_cast<float>(cols);
  auto sums = hn::Zero(f);
  int64_t c = 0;
  for (; c + lanes <= cols; c += lanes)
    sums = hn::Add(sums, hn::LoadU(f, x + c));
  float sum = hn::GetLane(hn::SumOfLanes(f, sums));
  for (; c < cols; ++c)
    sum += x[c];
  const float mean = sum / count;

  const auto means = hn::Set(f, mean);
  auto squares = hn::Zero(f);
  for (c = 0; c + lanes <= cols; c += lanes) {
    const auto v = hn::Sub(hn::LoadU(f, x + c), means);
    squares = hn::MulAdd(v, v, squares);
  }
  float square = hn::GetLane(hn::SumOfLanes(f, squares));
  for (; c < cols; ++c)
    square += (x[c] - mean) * (x[c] - mean);
  const float factor = 1.0F / std::sqrt(square / count + epsilon);

  const auto factors = hn::Set(f, factor);
  for (c = 0; c + lanes <= cols; c += lanes) {
    const auto v = hn::Mul(hn::Sub(hn::LoadU(f, x + c), means), factors);
    hn::StoreU(hn::MulAdd(v, hn::LoadU(f, weight + c), hn::LoadU(f, bias + c)), f, y + c);
  }
  for (; c < cols; ++c)
    y[c] = (x[c] - mean) * factor * weight[c] + bias[c];
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {
HWY_EXPORT(centerAndScaleRow);
namespace {

class LayerNorm final : public Kernel {
public:
  explicit LayerNorm(const OperatorDescription &description)
      : weight_(description.constants.at(0).values), bias_(description.constants.at(1).values),
        epsilon_(static_cast<float>(description.attribute<double>("epsilon"))) {}

  void run(const KernelCall &call) const override {
    const auto kernel = HWY_DYNAMIC_DISPATCH(centerAndScaleRow);
    const MatrixView x = call.inputs[0].head(0), y = call.output.head(0);
    for (int64_t r = 0; r < x.rows; ++r)
      kernel(x.row(r), weight_.data, bias_.data, epsilon_, y.row(r), x.cols);
  }

private:
  ConstMatrixView weight_, bias_;
  float epsilon_;
};

} // namespace

std::unique_ptr<Kernel> makeLayerNorm(const OperatorDescription &description) {
  return std::make_unique<LayerNorm>(description);
}

} // namespace mase
#endif
