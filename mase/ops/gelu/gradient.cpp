// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient_registry.h"
#include "mase/ops/unary_gradient.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/ops/gelu/gradient.cpp"
// foreach_target.h comes first, whatever the alphabet says.
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// The distribution function of x plus x times its density; the tails as gelu_cpu.cpp has them.
template <class D, class V>
V geluSlope(D f, V x) {
  const V z = hn::Mul(hn::Abs(x), hn::Set(f, 0.70710678118654752F));
  const V t = hn::Div(hn::Set(f, 1.0F), hn::MulAdd(z, hn::Set(f, 0.3275911F), hn::Set(f, 1.0F)));
  V p = hn::Set(f, 1.061405429F);
  for (float coefficient : {-1.453152027F, 1.421413741F, -0.284496736F, 0.254829592F})
    p = hn::MulAdd(p, t, hn::Set(f, coefficient));
  const V exponential = hn::Exp(f, hn::Neg(hn::Mul(z, z)));
  const V tail = hn::Mul(hn::Mul(hn::Mul(p, t), exponential), hn::Set(f, 0.5F));
  const V distribution = hn::IfThenElse(hn::Lt(x, hn::Zero(f)), tail, hn::Sub(hn::Set(f, 1.0F), tail));
  return hn::MulAdd(hn::Mul(x, exponential), hn::Set(f, 0.39894228040143268F), distribution);
}

// Of the approximation by tanh.
template <class D, class V>
V geluTanhSlope(D f, V x) {
  const V square = hn::Mul(x, x), one = hn::Set(f, 1.0F), half = hn::Set(f, 0.5F), k = hn::Set(f, 0.79788456080286536F);
  const V inner = hn::Mul(hn::Mul(x, k), hn::MulAdd(square, hn::Set(f, 0.044715F), one));
  const V bent = hn::Tanh(f, inner);
  const V slope = hn::Mul(k, hn::MulAdd(square, hn::Set(f, 0.134145F), one));
  const V left = hn::MulAdd(bent, half, half);
  return hn::MulAdd(hn::Mul(hn::Mul(x, half), hn::Sub(one, hn::Mul(bent, bent))), slope, left);
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

void geluGradientRow(const float *x, const float *by, float *gradient, int64_t count) {
  forRow(x, by, gradient, count, [](auto f, auto v) { return geluSlope(f, v); });
}
void geluTanhGradientRow(const float *x, const float *by, float *gradient, int64_t count) {
  forRow(x, by, gradient, count, [](auto f, auto v) { return geluTanhSlope(f, v); });
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {
HWY_EXPORT(geluGradientRow);
HWY_EXPORT(geluTanhGradientRow);

gradients::Made gradients::gelu(const OperatorDescription &description) {
  if (description.attributeOr("tanh", false))
    return unaryGradient<UnaryReads::input>([](const float *x, const float *by, float *gradient, int64_t count) {
      HWY_DYNAMIC_DISPATCH(geluTanhGradientRow)(x, by, gradient, count);
    });
  return unaryGradient<UnaryReads::input>([](const float *x, const float *by, float *gradient, int64_t count) {
    HWY_DYNAMIC_DISPATCH(geluGradientRow)(x, by, gradient, count);
  });
}

} // namespace mase
#endif
