// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Values to integers. Within 32 columns all values are q 2^s with |q| < 2^b; let m be the largest magnitude. Then
// e = floor(log2 m) - (b - 1) is at most s, so every value is an integer times 2^e, and m < 2^(e + b), so it is below
// 2^b: exact for whatever s was, which is why nobody needs to know it. (For m below 2^-126, where floor(log2 m) may be
// too small to scale by, the promise that s is at least -126 - b makes e = -126 - b right.)

#include "mase/ops/linear/integer_rows.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/ops/linear/integer_rows.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Blocks whose scale and its inverse are both normal numbers for every width: biased exponents in [firstPlain, 254].
constexpr uint32_t firstPlain = 16;

// The block's values are too small or not numbers: one at a time.
template <typename T>
void convertSlowly(int bits, const float *x, T *q, float &scale, int32_t &sum) {
  const bool numbers = std::all_of(x, x + integerBlock, [](float value) { return std::isfinite(value); });
  float largest = 0;
  for (int64_t i = 0; i < integerBlock && numbers; ++i)
    largest = std::max(largest, std::fabs(x[i]));
  const int exponent = largest == 0 ? 0 : std::max(std::ilogb(largest), -127) - (bits - 1);
  for (int64_t i = 0; i < integerBlock; ++i) {
    q[i] = numbers ? static_cast<T>(std::ldexp(static_cast<double>(x[i]), -exponent)) : T(0);
    sum += q[i];
  }
  scale = !numbers ? std::numeric_limits<float>::quiet_NaN() : largest == 0 ? 0.0F : std::ldexp(1.0F, exponent);
}

template <typename T>
void convert(int bits, const float *HWY_RESTRICT x, int64_t blocks, T *HWY_RESTRICT q, float *HWY_RESTRICT scale,
             int32_t *HWY_RESTRICT byteSum) {
  const hn::CappedTag<float, 16> f;
  const hn::RebindToSigned<decltype(f)> i;
  const hn::Rebind<T, decltype(f)> narrow;
  constexpr size_t lanes = hn::MaxLanes(hn::CappedTag<float, 16>()), vectors = integerBlock / lanes;
  const auto magnitude = hn::Set(i, 0x7FFFFFFF);
  const auto step = static_cast<uint32_t>(bits - 1);
  for (int64_t b = 0; b < blocks; ++b, x += integerBlock, q += integerBlock) {
    hn::Vec<decltype(f)> block[vectors];
    auto largest = hn::Zero(i);
    for (size_t k = 0; k < vectors; ++k) {
      block[k] = hn::LoadU(f, x + k * lanes);
      largest = hn::Max(largest, hn::And(hn::BitCast(i, block[k]), magnitude));
    }
    // Non-negative floats order as their bit patterns do; NaN comes out on top.
    const uint32_t exponent = static_cast<uint32_t>(hn::GetLane(hn::MaxOfLanes(i, largest))) >> 23;
    int32_t sum = 0;
    if (exponent < firstPlain || exponent == 255) {
      convertSlowly(bits, x, q, scale[b], sum);
    } else {
      const auto perStep = hn::BitCast(f, hn::Set(i, static_cast<int32_t>((254 + step - exponent) << 23)));
      auto sums = hn::Zero(i);
      for (size_t k = 0; k < vectors; ++k) {
        const auto integers = hn::ConvertTo(i, hn::Mul(block[k], perStep));
        sums = hn::Add(sums, integers);
        hn::StoreU(hn::DemoteTo(narrow, integers), narrow, q + k * lanes);
      }
      const uint32_t pattern = (exponent - step) << 23;
      hwy::CopySameSize(&pattern, &scale[b]);
      sum = hn::GetLane(hn::SumOfLanes(i, sums));
    }
    byteSum[b] = -128 * sum;
  }
}

void convertToBytes(int bits, const float *x, int64_t blocks, uint8_t *q, float *scale, int32_t *byteSum) {
  convert(bits, x, blocks, reinterpret_cast<int8_t *>(q), scale, byteSum);
}

void convertToWords(int bits, const float *x, int64_t blocks, uint8_t *q, float *scale, int32_t *byteSum) {
  convert(bits, x, blocks, reinterpret_cast<int16_t *>(q), scale, byteSum);
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(convertToBytes);
HWY_EXPORT(convertToWords);

namespace {

// Floats quantised at a time: they are read again from the first-level cache.
constexpr int64_t passSize = 4096;

void reserve(IntegerRows &rows) {
  const int64_t needed = rows.rows * rows.blocks;
  if (rows.elements && needed <= rows.capacity)
    return;
  rows.capacity = needed;
  // As large as words need, whatever the width of today.
  rows.elements = hwy::AllocateAligned<uint8_t>(static_cast<size_t>(needed * integerBlock * 2));
  rows.scale = hwy::AllocateAligned<float>(static_cast<size_t>(needed));
  rows.byteSum = hwy::AllocateAligned<int32_t>(static_cast<size_t>(needed));
}

} // namespace

void quantizeInto(const Format &format, IntegerWidth width, ConstMatrixView x, IntegerRows &rows) {
  const int bits = format.magnitudeBits();
  assert(bits > 0 && bits <= (width == IntegerWidth::byte ? 7 : 15));
  rows.width = width;
  rows.rows = x.rows;
  rows.cols = x.cols;
  rows.blocks = (x.cols + integerBlock - 1) / integerBlock;
  reserve(rows);
  const auto convert =
      width == IntegerWidth::byte ? HWY_DYNAMIC_DISPATCH(convertToBytes) : HWY_DYNAMIC_DISPATCH(convertToWords);

  const int64_t padded = rows.blocks * integerBlock, blockRows = format.block().rows;
  const int64_t pass = std::max<int64_t>(1, passSize / std::max<int64_t>(1, padded * blockRows)) * blockRows;
  thread_local std::vector<float> memory;
  memory.assign(static_cast<size_t>(std::min(pass, x.rows) * padded), 0.0F);
  for (int64_t first = 0; first < x.rows; first += pass) {
    const int64_t count = std::min(pass, x.rows - first);
    format.fakeQuantize({x.row(first), count, x.cols, x.stride}, {memory.data(), count, x.cols, padded});
    for (int64_t r = 0; r < count; ++r) {
      const int64_t at = (first + r) * rows.blocks;
      convert(bits, memory.data() + r * padded, rows.blocks,
              rows.elements.get() + at * integerBlock * static_cast<int64_t>(width), rows.scale.get() + at,
              rows.byteSum.get() + at);
    }
  }
}

} // namespace mase
#endif
