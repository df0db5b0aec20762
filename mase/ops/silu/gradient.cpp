// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient_registry.h"
#include "mase/ops/unary_gradient.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/ops/silu/gradient.cpp"
// foreach_target.h comes first, whatever the alphabet says.
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// s + x s (1 - s), s being the sigmoid of x.
template <class D, class V>
V siluSlope(D f, V x) {
  const V one = hn::Set(f, 1.0F);
  const V s = hn::Div(one, hn::Add(one, hn::Exp(f, hn::Neg(x))));
  return hn::MulAdd(hn::Mul(x, s), hn::Sub(one, s), s);
}

template <typename Slope>
void forRow(const float *x, const float *by, float *gradient, int64_t count, const Slope &slope) {
  const hn::CappedTag<float, 16> f;
  const auto lanes = static_cast<int64_t>(hn::Lanes(f));
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes)
    hn::StoreU(hn::Mul(hn::LoadU(f, by + i), slope(f, hn::LoadU(f, x + i))), f, gradient + i);
  if (i < count) {
    HWY_ALIGN float edge[16] = {};
    std::copy(x + i, x + count, edge);
    hn::Store(slope(f, hn::Load(f, edge)), f, edge);
    for (int64_t j = 0; i + j < count; ++j)
      gradient[i + j] = by[i + j] * edge[j];
  }
}

void siluGradientRow(const float *x, const float *by, float *gradient, int64_t count) {
  forRow(x, by, gradient, count, [](auto f, auto v) { return siluSlope(f, v); });
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {
HWY_EXPORT(siluGradientRow);

gradients::Made gradients::silu(const OperatorDescription &) {
  return unaryGradient<UnaryReads::input>([](const float *x, const float *by, float *gradient, int64_t count) {
    HWY_DYNAMIC_DISPATCH(siluGradientRow)(x, by, gradient, count);
  });
}

} // namespace mase
#endif
