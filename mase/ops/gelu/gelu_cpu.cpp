// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gelu/gelu_cpu.h"

#include "mase/ops/unary_kernel.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/ops/gelu/gelu_cpu.cpp"
// foreach_target.h comes first, whatever the alphabet says.
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// The share of the normal distribution beyond |v| is erfc(z) / 2, z = |v| / sqrt(2), and erfc(z) = t p(t) exp(-z^2)
// with t = 1 / (1 + 0.3275911 z): small tails stay accurate, where 1 + erf would cancel.
template <class D, class V>
V gelu(D f, V v) {
  const V z = hn::Mul(hn::Abs(v), hn::Set(f, 0.70710678118654752F));
  const V t = hn::Div(hn::Set(f, 1.0F), hn::MulAdd(z, hn::Set(f, 0.3275911F), hn::Set(f, 1.0F)));
  V p = hn::Set(f, 1.061405429F);
  for (float coefficient : {-1.453152027F, 1.421413741F, -0.284496736F, 0.254829592F})
    p = hn::MulAdd(p, t, hn::Set(f, coefficient));
  const V erfc = hn::Mul(hn::Mul(p, t), hn::Exp(f, hn::Neg(hn::Mul(z, z))));
  const V tail = hn::Mul(v, hn::Mul(erfc, hn::Set(f, 0.5F)));
  return hn::IfThenElse(hn::Lt(v, hn::Zero(f)), tail, hn::Sub(v, tail));
}

// The approximation by tanh.
template <class D, class V>
V geluTanh(D f, V v) {
  const V cube = hn::Mul(hn::Mul(v, v), hn::Mul(v, hn::Set(f, 0.044715F)));
  const V bent = hn::Tanh(f, hn::Mul(hn::Add(v, cube), hn::Set(f, 0.79788456080286536F)));
  return hn::Mul(hn::Mul(v, hn::Set(f, 0.5F)), hn::Add(bent, hn::Set(f, 1.0F)));
}

template <typename Function>
void forRow(const float *x, float *y, int64_t count, const Function &gelu) {
  const hn::CappedTag<float, 16> f;
  const auto lanes = static_cast<int64_t>(hn::Lanes(f));
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes)
    hn::StoreU(gelu(f, hn::LoadU(f, x + i)), f, y + i);
  if (i < count) {
    HWY_ALIGN float edge[16] = {};
    std::copy(x + i, x + count, edge);
    hn::Store(gelu(f, hn::Load(f, edge)), f, edge);
    std::copy_n(edge, count - i, y + i);
  }
}

void geluRow(const float *x, float *y, int64_t count) {
  forRow(x, y, count, [](auto f, auto v) { return gelu(f, v); });
}
void geluTanhRow(const float *x, float *y, int64_t count) {
  forRow(x, y, count, [](auto f, auto v) { return geluTanh(f, v); });
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {
HWY_EXPORT(geluRow);
HWY_EXPORT(geluTanhRow);

std::unique_ptr<Kernel> makeGelu(const OperatorDescription &description) {
  if (description.attributeOr("tanh", false))
    return std::make_unique<UnaryKernel>([]() -> UnaryKernel::Row { return HWY_DYNAMIC_DISPATCH(geluTanhRow); });
  return std::make_unique<UnaryKernel>([]() -> UnaryKernel::Row { return HWY_DYNAMIC_DISPATCH(geluRow); });
}

} // namespace mase
#endif
