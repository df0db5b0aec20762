// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gate.h"

#include "mase/support/parallel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/ops/gate.cpp"
// foreach_target.h comes first, whatever the alphabet says.
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using I = hn::CappedTag<int32_t, 16>;

/// x * g(x) of whole vectors under one exponent; returns how many elements that were. |x| < 2^14.
int64_t gateVectors(const FunctionTable &table, const int32_t *x, int64_t count, int32_t exponent, int64_t *out) {
  const I i;
  const hn::Repartition<int64_t, I> l;
  const hn::Rebind<int32_t, decltype(l)> half;
  const auto lanes = static_cast<int64_t>(hn::Lanes(i));
  constexpr int32_t limit = 1 << (gateArgumentBits - 1);
  const int64_t shift = -int64_t{exponent} - gateFraction;
  // All that is farther to the left is beyond the limit, and to the right zero.
  const int left = static_cast<int>(std::clamp<int64_t>(-shift, 0, gateArgumentBits));
  const int right = static_cast<int>(std::clamp<int64_t>(shift, 0, 30));
  const auto added = hn::Set(i, right > 0 ? 1 << (right - 1) : 0);
  const int m = table.stepBits();
  const auto rest = hn::Set(i, (1 << m) - 1), halfStep = hn::Set(i, (1 << m) >> 1);
  const int32_t *entries = table.entries().data();
  int64_t k = 0;
  for (; k + lanes <= count; k += lanes) {
    const auto value = hn::LoadU(i, x + k);
    const auto moved = hn::ShiftRightSame(hn::Add(hn::ShiftLeftSame(value, left), added), right);
    const auto t = hn::Max(hn::Min(moved, hn::Set(i, limit - 1)), hn::Set(i, -limit));
    const auto argument = hn::Add(t, hn::Set(i, limit));
    const auto index = hn::ShiftRightSame(argument, m), r = hn::And(argument, rest);
    const auto entry = hn::GatherIndex(i, entries, index), next = hn::GatherIndex(i, entries + 1, index);
    const auto gate = hn::ShiftRightSame(
        hn::Add(hn::Add(hn::ShiftLeftSame(entry, m), hn::Mul(hn::Sub(next, entry), r)), halfStep), m);
    const auto product = hn::Mul(value, gate);
    hn::StoreU(hn::PromoteTo(l, hn::LowerHalf(half, product)), l, out + k);
    hn::StoreU(hn::PromoteTo(l, hn::UpperHalf(half, product)), l, out + k + lanes / 2);
  }
  return k;
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(gateVectors);

WideRows gateBitTrue(const FunctionTable &table, const Format &format, const BlockIntegers &rows) {
  const WholeRows x(format, rows);
  WideRows gated(x.rows(), x.cols(), x.bits() + gateOutputBits + 1);
  // Everything in 32 bits: elements and their products, and what the table interpolates.
  const bool narrow = x.bits() <= 14 && table.stepBits() + gateOutputBits <= 29;
  parallelFor(gated.rows, [&](int64_t r) {
    std::vector<int32_t> values(static_cast<size_t>(gated.cols));
    x.read(r, values.data());
    int64_t *out = gated.sum.data() + r * gated.cols;
    for (int64_t block = 0; block < gated.blocksPerRow(); ++block) {
      const int32_t exponent = x.exponent(r, block);
      const int64_t first = block * WideRows::blockCols, end = std::min(gated.cols, first + WideRows::blockCols);
      int64_t c = first;
      if (narrow)
        c += HWY_DYNAMIC_DISPATCH(gateVectors)(table, values.data() + first, end - first, exponent, out + first);
      for (; c < end; ++c) {
        const int32_t value = values[static_cast<size_t>(c)];
        const int64_t t = gateArgument(value, exponent);
        out[c] = value * table(static_cast<uint32_t>(t + (1 << (gateArgumentBits - 1))));
      }
      gated.exponent[static_cast<size_t>(r * gated.blocksPerRow() + block)] = exponent - gateOutputBits;
    }
  });
  return gated;
}

} // namespace mase
#endif
