// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/relu/relu_cpu.h"

#include "mase/ops/unary_kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/ops/relu/relu_cpu.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void reluRow(const float *x, float *y, int64_t count) {
  const hn::CappedTag<float, 16> f;
  const auto lanes = static_cast<int64_t>(hn::Lanes(f));
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto v = hn::LoadU(f, x + i);
    hn::StoreU(hn::IfThenZeroElse(hn::Lt(v, hn::Zero(f)), v), f, y + i); // unlike a maximum, keeps a NaN
  }
  for (; i < count; ++i)
    y[i] = x[i] < 0.0F ? 0.0F : x[i];
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {
HWY_EXPORT(reluRow);

std::unique_ptr<Kernel> makeRelu(const OperatorDescription &) {
  return std::make_unique<UnaryKernel>([]() -> UnaryKernel::Row { return HWY_DYNAMIC_DISPATCH(reluRow); });
}

} // namespace mase
#endif
