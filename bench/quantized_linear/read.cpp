// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bench/quantized_linear/peers.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "bench/quantized_linear/read.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace mase::bench::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void readMemory(const void *data, int64_t bytes) {
  const hn::CappedTag<uint32_t, 16> u;
  const auto lanes = static_cast<int64_t>(hn::Lanes(u)), count = bytes / 4;
  const auto *x = static_cast<const uint32_t *>(data);
  constexpr int vectors = 8;
  hn::Vec<decltype(u)> sum[vectors];
  for (int i = 0; i < vectors; ++i)
    sum[i] = hn::Zero(u);
  for (int64_t at = 0; at + vectors * lanes <= count; at += vectors * lanes)
    for (int i = 0; i < vectors; ++i) {
      hwy::Prefetch(x + at + i * lanes + 2048);
      sum[i] = hn::Add(sum[i], hn::LoadU(u, x + at + i * lanes));
    }
  for (int i = 1; i < vectors; ++i)
    sum[0] = hn::Add(sum[0], sum[i]);
  volatile uint32_t kept = hn::GetLane(hn::SumOfLanes(u, sum[0])); // or the compiler drops the loop
  (void)kept;
}

} // namespace mase::bench::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase::bench {

HWY_EXPORT(readMemory);

void readMemory(const void *data, int64_t bytes) { HWY_DYNAMIC_DISPATCH(readMemory)(data, bytes); }

} // namespace mase::bench
#endif
