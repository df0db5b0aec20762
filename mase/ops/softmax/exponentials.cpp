// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/softmax/exponentials.h"

#include "mase/ops/wide_rows.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/ops/softmax/exponentials.cpp"
// foreach_target.h comes first, whatever the alphabet says.
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using I = hn::CappedTag<int32_t, 16>;
using U = hn::RebindToUnsigned<I>;

/// Of whole vectors; returns how many scores that were. shift >= 1; `farthest` * kappa + 2^(shift-1) is below 2^32, and
/// beyond it the exponential is zero.
int64_t exponentialVectors(const ExponentialStep &step, uint32_t farthest, const int32_t *score, int64_t keys,
                           int32_t most, int32_t *share) {
  const I i;
  const U u;
  const auto lanes = static_cast<int64_t>(hn::Lanes(i));
  const FunctionTable &table = *step.power;
  const int m = table.stepBits(), shift = static_cast<int>(step.shift);
  const auto kappa = hn::Set(u, static_cast<uint32_t>(step.kappa)), half = hn::Set(u, 1U << (shift - 1));
  const auto limit = hn::Set(u, farthest), low = hn::Set(u, 0xFFFFU), rest = hn::Set(u, (1U << m) - 1);
  const auto one = hn::Set(u, 1U);
  const auto halfStep = hn::Set(i, (1 << m) >> 1);
  const int32_t *entries = table.entries().data();
  int64_t k = 0;
  for (; k + lanes <= keys; k += lanes) {
    const auto apart = hn::Min(hn::BitCast(u, hn::Sub(hn::Set(i, most), hn::LoadU(i, score + k))), limit);
    const auto distance = hn::ShiftRightSame(hn::Add(hn::Mul(apart, kappa), half), shift);
    const auto octaves = hn::ShiftRight<16>(distance), argument = hn::And(distance, low);
    const auto index = hn::BitCast(i, hn::ShiftRightSame(argument, m));
    const auto r = hn::BitCast(i, hn::And(argument, rest));
    const auto entry = hn::GatherIndex(i, entries, index), next = hn::GatherIndex(i, entries + 1, index);
    const auto value = hn::ShiftRightSame(
        hn::Add(hn::Add(hn::ShiftLeftSame(entry, m), hn::Mul(hn::Sub(next, entry), r)), halfStep), m);
    const auto rounding = hn::ShiftRight<1>(hn::Shl(one, octaves));
    hn::StoreU(hn::BitCast(i, hn::Shr(hn::Add(hn::BitCast(u, value), rounding), octaves)), i, share + k);
  }
  return k;
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(exponentialVectors);

namespace {
constexpr int argumentBits = 16;
constexpr int64_t noMore = 18 << argumentBits; // half a unit of 2^-15 is not reached 17 octaves away
} // namespace

int32_t exponential(const ExponentialStep &step, int64_t distance) {
  const int64_t units = roundingShift(distance * step.kappa, step.shift);
  if (units >= noMore)
    return 0;
  return static_cast<int32_t>(
      roundingShift((*step.power)(static_cast<uint32_t>(units & ((1 << argumentBits) - 1))), units >> argumentBits));
}

void exponentials(const ExponentialStep &step, const int32_t *score, int64_t keys, int32_t *share) {
  const int32_t most = *std::max_element(score, score + keys);
  int64_t done = 0;
  // The least distance whose exponential is zero for sure.
  const int64_t farthest = step.shift >= 1 && step.shift <= 20 ? (noMore << step.shift) / step.kappa + 1 : 0;
  if (farthest > 0 && farthest * step.kappa + (int64_t{1} << step.shift) < int64_t{1} << 32)
    done = HWY_DYNAMIC_DISPATCH(exponentialVectors)(step, static_cast<uint32_t>(farthest), score, keys, most, share);
  for (; done < keys; ++done)
    share[done] = exponential(step, int64_t{most} - score[done]);
}

} // namespace mase
#endif
