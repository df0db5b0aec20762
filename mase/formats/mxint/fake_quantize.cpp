// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One pass over each block of 1 x 32: the largest magnitude as an integer maximum of the bit patterns, then
// multiply, round, clamp, multiply. Every step but the rounding is exact, so all instruction sets agree.

#include "mase/formats/mxint/mxint.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/formats/mxint/fake_quantize.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Blocks whose step and its inverse are normal numbers for every width: biased exponents in [firstPlain, lastPlain].
constexpr uint32_t firstPlain = 24, lastPlain = 253;

// Floats that the input is asked for ahead of its use: a page, as hardware looks no further than the one it is in.
constexpr int64_t ahead = 1024;

// `stream`: past the caches, which saves reading the lines of y first; y is aligned to a vector then.
template <bool stream>
void quantizeBlocks(int bits, const float *x, float *y, int64_t blocks) {
  const hn::CappedTag<float, 32> f;
  const hn::RebindToSigned<decltype(f)> i;
  constexpr size_t lanes = hn::MaxLanes(hn::CappedTag<float, 32>()), vectors = 32 / lanes;
  const auto magnitude = hn::Set(i, 0x7FFFFFFF);
  const auto limit = hn::Set(f, static_cast<float>((1 << (bits - 1)) - 1));
  const auto lowest = hn::Neg(limit);
  for (int64_t b = 0; b < blocks; ++b, x += 32, y += 32) {
    // The block stays in registers between the two passes over it.
    hn::Vec<decltype(f)> block[vectors];
    hwy::Prefetch(x + ahead);
    hwy::Prefetch(x + ahead + 16);
    auto largest = hn::Zero(i);
    for (size_t k = 0; k < vectors; ++k) {
      block[k] = hn::LoadU(f, x + k * lanes);
      largest = hn::Max(largest, hn::And(hn::BitCast(i, block[k]), magnitude));
    }
    // Non-negative floats order as their bit patterns do; NaN comes out on top.
    const auto pattern = static_cast<uint32_t>(hn::GetLane(hn::MaxOfLanes(i, largest)));
    const uint32_t exponent = pattern >> 23;
    if (exponent < firstPlain || exponent > lastPlain) {
      mxintFakeQuantizeReference(bits, BlockShape{}, {x, 1, 32}, {y, 1, 32});
      continue;
    }
    // step = 2^(e - (M - 2)); both factors are powers of two, built from their exponent fields.
    const auto step =
        hn::BitCast(f, hn::Set(i, static_cast<int32_t>((exponent - static_cast<uint32_t>(bits - 2)) << 23)));
    const auto perStep =
        hn::BitCast(f, hn::Set(i, static_cast<int32_t>((254 + static_cast<uint32_t>(bits - 2) - exponent) << 23)));
    for (size_t k = 0; k < vectors; ++k) {
      const auto scaled = hn::Mul(block[k], perStep);
      // F9: a value that rounds to zero keeps its sign; Highway's Round loses it on targets older than SSE4.
      const auto q = hn::CopySign(hn::Round(scaled), scaled);
      const auto value = hn::Mul(hn::Max(hn::Min(q, limit), lowest), step);
      if constexpr (stream)
        hn::Stream(value, f, y + k * lanes);
      else
        hn::StoreU(value, f, y + k * lanes);
    }
  }
}

void quantizeRow(int bits, const float *x, float *y, int64_t blocks) { quantizeBlocks<false>(bits, x, y, blocks); }
void streamRow(int bits, const float *x, float *y, int64_t blocks) { quantizeBlocks<true>(bits, x, y, blocks); }

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(quantizeRow);
HWY_EXPORT(streamRow);

namespace {

// Outputs from this size on would not stay in the caches of this day's machines for their reader.
constexpr int64_t streamedBytes = 32 << 20;

// In place nothing is saved, since the lines have been read already.
bool streams(ConstMatrixView x, MatrixView y) {
  return x.data != y.data && y.rows * y.cols * static_cast<int64_t>(sizeof(float)) >= streamedBytes;
}

bool isAligned(const float *row) { return reinterpret_cast<uintptr_t>(row) % 64 == 0; }

} // namespace

void mxintFakeQuantize1x32(int bits, ConstMatrixView x, MatrixView y) {
  const auto kernel = HWY_DYNAMIC_DISPATCH(quantizeRow);
  const auto streaming = streams(x, y) ? HWY_DYNAMIC_DISPATCH(streamRow) : kernel;
  const int64_t blocks = x.cols / 32, tail = x.cols % 32;
  for (int64_t r = 0; r < x.rows; ++r) {
    (isAligned(y.row(r)) ? streaming : kernel)(bits, x.row(r), y.row(r), blocks);
    if (tail > 0)
      mxintFakeQuantizeReference(bits, BlockShape{}, {x.row(r) + blocks * 32, 1, tail},
                                 {y.row(r) + blocks * 32, 1, tail});
  }
  hwy::FlushStream();
}

} // namespace mase
#endif
