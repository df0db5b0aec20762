// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One pass over each block of 1 x 32: the largest magnitude as an integer maximum of the bit patterns, then
// multiply, round, clamp, multiply. Every step but the rounding is exact, so all instruction sets agree.

#include "mase/formats/mxint/mxint.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/formats/mxint/fake_quantize.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Blocks whose scale and step are both normal numbers for every width: biased exponents in [firstPlain, 254].
constexpr uint32_t firstPlain = 24;

void quantizeRow(int bits, const float *x, float *y, int64_t blocks) {
  const hn::CappedTag<float, 32> f;
  const hn::RebindToSigned<decltype(f)> i;
  const auto lanes = static_cast<int64_t>(hn::Lanes(f));
  const auto magnitude = hn::Set(i, 0x7FFFFFFF);
  const auto limit = hn::Set(f, static_cast<float>((1 << (bits - 1)) - 1));
  const auto lowest = hn::Neg(limit);
  for (int64_t b = 0; b < blocks; ++b, x += 32, y += 32) {
    auto largest = hn::Zero(i);
    for (int64_t k = 0; k < 32; k += lanes)
      largest = hn::Max(largest, hn::And(hn::BitCast(i, hn::LoadU(f, x + k)), magnitude));
    // Non-negative floats order as their bit patterns do; NaN comes out on top.
    const auto pattern = static_cast<uint32_t>(hn::GetLane(hn::MaxOfLanes(i, largest)));
    const uint32_t exponent = pattern >> 23;
    if (exponent < firstPlain || exponent == 255) {
      mxintFakeQuantizeReference(bits, BlockShape{}, {x, 1, 32}, {y, 1, 32});
      continue;
    }
    // step = 2^(e - (M - 2)); both factors are powers of two, built from their exponent fields.
    const auto step =
        hn::BitCast(f, hn::Set(i, static_cast<int32_t>((exponent - static_cast<uint32_t>(bits - 2)) << 23)));
    const auto perStep =
        hn::BitCast(f, hn::Set(i, static_cast<int32_t>((254 + static_cast<uint32_t>(bits - 2) - exponent) << 23)));
    for (int64_t k = 0; k < 32; k += lanes) {
      const auto scaled = hn::Mul(hn::LoadU(f, x + k), perStep);
      // F9: a value that rounds to zero keeps its sign; Highway's Round loses it on targets older than SSE4.
      const auto q = hn::CopySign(hn::Round(scaled), scaled);
      hn::StoreU(hn::Mul(hn::Max(hn::Min(q, limit), lowest), step), f, y + k);
    }
  }
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(quantizeRow);

void mxintFakeQuantize1x32(int bits, ConstMatrixView x, MatrixView y) {
  const auto kernel = HWY_DYNAMIC_DISPATCH(quantizeRow);
  const int64_t blocks = x.cols / 32, tail = x.cols % 32;
  for (int64_t r = 0; r < x.rows; ++r) {
    kernel(bits, x.row(r), y.row(r), blocks);
    if (tail > 0)
      mxintFakeQuantizeReference(bits, BlockShape{}, {x.row(r) + blocks * 32, 1, tail},
                                 {y.row(r) + blocks * 32, 1, tail});
  }
}

} // namespace mase
#endif
