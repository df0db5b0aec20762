// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/cast_integers.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/ops/linear/cast_integers.cpp"
// foreach_target.h comes first, whatever the alphabet says.
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using L = hn::CappedTag<int64_t, 8>;

uint64_t largestMagnitude(const int64_t *sum, int64_t count) {
  const L l;
  const auto lanes = static_cast<int64_t>(hn::Lanes(l));
  auto most = hn::Zero(l);
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes)
    most = hn::Max(most, hn::Abs(hn::LoadU(l, sum + i)));
  for (; i < count; ++i)
    most = hn::Max(most, hn::Abs(hn::Set(l, sum[i])));
  return static_cast<uint64_t>(hn::GetLane(hn::MaxOfLanes(l, most)));
}

void castIntegers(const int64_t *sum, int64_t count, int right, int32_t least, int32_t largest, int32_t *q) {
  const L l;
  const hn::RebindToUnsigned<L> u;
  const hn::Rebind<uint32_t, L> narrow;
  const auto lanes = static_cast<int64_t>(hn::Lanes(l));
  const auto below = hn::Set(u, (uint64_t{1} << (right - 1)) - 1), one = hn::Set(u, uint64_t{1});
  const auto most = hn::Set(l, int64_t{largest}), fewest = hn::Set(l, int64_t{least});
  // Half less one, and one more where the quotient is odd: exactly half then goes to the even neighbour.
  const auto cast = [&](auto value) {
    const auto magnitude = hn::BitCast(u, hn::Abs(value));
    const auto odd = hn::And(hn::ShiftRightSame(magnitude, right), one);
    const auto rounded = hn::ShiftRightSame(hn::Add(magnitude, hn::Add(below, odd)), right);
    const auto whole = hn::BitCast(l, rounded);
    const auto signedWhole = hn::IfThenElse(hn::Lt(value, hn::Zero(l)), hn::Neg(whole), whole);
    return hn::Max(hn::Min(signedWhole, most), fewest);
  };
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes)
    hn::StoreU(hn::TruncateTo(narrow, hn::BitCast(u, cast(hn::LoadU(l, sum + i)))), narrow,
               reinterpret_cast<uint32_t *>(q) + i);
  for (; i < count; ++i)
    q[i] = static_cast<int32_t>(hn::GetLane(cast(hn::Set(l, sum[i]))));
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(largestMagnitude);
HWY_EXPORT(castIntegers);

uint64_t largestMagnitude(const int64_t *sum, int64_t count) {
  return HWY_DYNAMIC_DISPATCH(largestMagnitude)(sum, count);
}

void castIntegers(const int64_t *sum, int64_t count, int right, int32_t least, int32_t largest, int32_t *q) {
  HWY_DYNAMIC_DISPATCH(castIntegers)(sum, count, right, least, largest, q);
}

} // namespace mase
#endif
