// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/tanh/tanh_cpu.h"

#include "mase/ops/unary_kernel.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/ops/tanh/tanh_cpu.cpp"
// foreach_target.h comes first, whatever the alphabet says.
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void tanhRow(const float *x, float *y, int64_t count) {
  const hn::CappedTag<float, 16> f;
  const auto lanes = static_cast<int64_t>(hn::Lanes(f));
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes)
    hn::StoreU(hn::Tanh(f, hn::LoadU(f, x + i)), f, y + i);
  if (i < count) {
    HWY_ALIGN float edge[16] = {};
    std::copy(x + i, x + count, edge);
    hn::Store(hn::Tanh(f, hn::Load(f, edge)), f, edge);
    std::copy_n(edge, count - i, y + i);
  }
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {
HWY_EXPORT(tanhRow);

std::unique_ptr<Kernel> makeTanh(const OperatorDescription &) {
  return std::make_unique<UnaryKernel>([]() -> UnaryKernel::Row { return HWY_DYNAMIC_DISPATCH(tanhRow); });
}

} // namespace mase
#endif
