// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Values to integers, in one of two ways; to bf16 likewise, without the search for a power of two.
//
// From the values of fakeQuantize(): within 32 columns all are q 2^s with |q| < 2^b; let m be the largest magnitude.
// Then e = floor(log2 m) - (b - 1) is at most s, so every value is an integer times 2^e, and m < 2^(e + b), so it is
// below 2^b: exact for whatever s was, which is why nobody needs to know it. (For m below 2^-126, where floor(log2 m)
// may be too small to scale by, the promise that s is at least -126 - b makes e = -126 - b right.)
//
// Straight from the input, where the format is a scaled grid: round in units of the grid's finest step. The values of
// the first way are themselves such a grid, of b bits, so that one kernel does both.

#include "mase/ops/linear/narrow_rows.h"

#include "mase/formats/block_format.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <vector>

#ifndef MASE_GRID_KERNEL
#define MASE_GRID_KERNEL
namespace mase {

/// A grid in units of its finest step, as the kernel counts.
struct GridKernel {
  const Format *format = nullptr; // quantises blocks that are not plain; null: x is quantised already
  int bits = 0;                   // magnitudes are below 2^bits
  bool octaves = false;           // whether the step grows with the value
  int scaleRounding = 0;          // added to the pattern of the largest magnitude before its octave is taken
  int mantissaBits = 0;
  float limit = 0;
  int belowLargest = 0;              // octaves from the block's largest magnitude down to the finest step
  int firstPlain = 0, lastPlain = 0; // biased exponents of the largest magnitude for which all factors are normal
};

} // namespace mase
#endif

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/ops/linear/narrow_rows.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// The block's values are too small or not numbers: one at a time.
template <typename T>
void convertSlowly(int bits, const float *x, T *q, float &scale, int32_t &sum) {
  const bool numbers = std::all_of(x, x + narrowBlock, [](float value) { return std::isfinite(value); });
  float largest = 0;
  for (int64_t i = 0; i < narrowBlock && numbers; ++i)
    largest = std::max(largest, std::fabs(x[i]));
  const int exponent = largest == 0 ? 0 : std::max(std::ilogb(largest), -127) - (bits - 1);
  sum = 0;
  for (int64_t i = 0; i < narrowBlock; ++i) {
    q[i] = numbers ? static_cast<T>(std::ldexp(static_cast<double>(x[i]), -exponent)) : T(0);
    sum += q[i];
  }
  scale = !numbers ? std::numeric_limits<float>::quiet_NaN() : largest == 0 ? 0.0F : std::ldexp(1.0F, exponent);
}

// 1.5 * 2^23: a float of magnitude below 2^22 added to it is rounded to a whole number, ties to even, which then stands
// in the sum's lower bits in two's complement.
constexpr int32_t wholeBits = 0x4B400000;

// Bits of values that bf16 holds exactly, two to a group: in the upper half, which dot products add first, the first.
void toBf16(const float *values, uint16_t *to) {
  const hn::CappedTag<uint64_t, 8> pairs;
  const hn::Rebind<uint32_t, decltype(pairs)> groups;
  constexpr size_t lanes = hn::MaxLanes(hn::CappedTag<uint64_t, 8>());
  const auto upper = hn::Set(pairs, 0xFFFF0000);
  for (size_t k = 0; k < narrowBlock / 2; k += lanes) {
    const auto pair = hn::LoadU(pairs, reinterpret_cast<const uint64_t *>(values) + k);
    hn::StoreU(hn::TruncateTo(groups, hn::Or(hn::And(pair, upper), hn::ShiftRight<48>(pair))), groups,
               reinterpret_cast<uint32_t *>(to) + k);
  }
}

// T is int8_t, int16_t, or uint16_t for bf16. `octaves`: whether the grid's step grows with the value (small floats).
template <typename T, bool octaves>
void convert(const GridKernel &grid, const float *HWY_RESTRICT x, int64_t blocks, T *HWY_RESTRICT q,
             float *HWY_RESTRICT scale, int32_t *HWY_RESTRICT byteSum) {
  const hn::CappedTag<float, 16> f;
  const hn::RebindToSigned<decltype(f)> i;
  const hn::RebindToUnsigned<decltype(f)> u;
  const hn::Rebind<hwy::MakeUnsigned<T>, decltype(f)> narrow;
  using V = hn::Vec<decltype(f)>;
  constexpr bool toValues = std::is_same_v<T, uint16_t>;
  constexpr size_t lanes = hn::MaxLanes(hn::CappedTag<float, 16>()), vectors = narrowBlock / lanes;
  const V magnitude = hn::BitCast(f, hn::Set(i, 0x7FFFFFFF)), whole = hn::BitCast(f, hn::Set(i, wholeBits));
  const V limit = hn::Set(f, grid.limit), highest = hn::Add(whole, limit), lowest = hn::Sub(whole, limit);
  const auto wholes = hn::Set(i, static_cast<int32_t>(vectors * static_cast<uint32_t>(wholeBits)));
  const auto exponentField = hn::Set(i, 0x7F800000);
  const auto scaleRounding = hn::Set(i, grid.scaleRounding);
  const auto inverse = hn::Set(i, (254 + grid.belowLargest) << 23);
  const auto below = hn::Set(i, grid.belowLargest << 23);
  const auto leastField = hn::Set(i, (127 + grid.mantissaBits) << 23);
  const auto toWhole = hn::Set(i, ((23 - grid.mantissaBits) << 23) | 0x400000);
  for (int64_t b = 0; b < blocks; ++b, x += narrowBlock, q += narrowBlock) {
    V block[vectors];
    auto largest = hn::Zero(i);
    for (size_t k = 0; k < vectors; ++k) {
      block[k] = hn::LoadU(f, x + k * lanes);
      largest = hn::Max(largest, hn::BitCast(i, hn::And(block[k], magnitude)));
    }
    // Non-negative floats order as their bit patterns do; NaN comes out on top.
    largest = hn::Add(hn::MaxOfLanes(i, largest), scaleRounding);
    const int32_t exponent = hn::GetLane(largest) >> 23;
    if (exponent < grid.firstPlain || exponent > grid.lastPlain) {
      if (hn::GetLane(largest) == grid.scaleRounding) { // nothing but zeros
        std::fill_n(q, narrowBlock, T(0));
        scale[b] = 0;
        byteSum[b] = 0;
        continue;
      }
      float values[narrowBlock];
      int32_t sum = 0;
      if (grid.format)
        grid.format->fakeQuantize({x, 1, narrowBlock}, {values, 1, narrowBlock});
      if constexpr (toValues) {
        toBf16(values, q);
        continue;
      }
      convertSlowly(grid.bits, grid.format ? values : x, q, scale[b], sum);
      byteSum[b] = -128 * sum;
      continue;
    }
    // The finest step's exponent field is that of the largest magnitude less belowLargest.
    const auto field = hn::And(largest, exponentField);
    const V perUnit = hn::BitCast(f, hn::Sub(inverse, field));
    const V unit = hn::BitCast(f, hn::Sub(field, below));
    auto sums = hn::Zero(i); // of whole + q, modulo 2^32
    HWY_ALIGN float values[narrowBlock];
    for (size_t k = 0; k < vectors; ++k) {
      V rounded, shifted; // q, whole + q
      if constexpr (octaves) {
        const V scaled = hn::Mul(block[k], perUnit);
        // 1.5 * 2^23 steps of the value's octave.
        const V coarse =
            hn::BitCast(f, hn::Add(hn::Max(hn::And(hn::BitCast(i, scaled), exponentField), leastField), toWhole));
        rounded = hn::Sub(hn::Add(scaled, coarse), coarse);
      } else {
        shifted = hn::MulAdd(block[k], perUnit, whole);
      }
      if constexpr (toValues) {
        if constexpr (!octaves)
          rounded = hn::Sub(shifted, whole);
        hn::Store(hn::Mul(hn::Max(hn::Min(rounded, limit), hn::Neg(limit)), unit), f, values + k * lanes);
      } else {
        if constexpr (octaves)
          shifted = hn::Add(whole, rounded);
        const auto integers = hn::BitCast(i, hn::Max(hn::Min(shifted, highest), lowest));
        sums = hn::Add(sums, integers);
        hn::StoreU(hn::TruncateTo(narrow, hn::BitCast(u, integers)), narrow,
                   reinterpret_cast<hwy::MakeUnsigned<T> *>(q) + k * lanes);
      }
    }
    if constexpr (toValues) {
      toBf16(values, q);
      continue;
    }
    const int32_t pattern = (exponent - grid.belowLargest) << 23;
    hwy::CopySameSize(&pattern, &scale[b]);
    byteSum[b] = -128 * hn::GetLane(hn::SumOfLanes(i, hn::Sub(sums, wholes)));
  }
}

template <typename T>
void convertTo(const GridKernel &grid, const float *x, int64_t blocks, uint8_t *q, float *scale, int32_t *byteSum) {
  (grid.octaves ? convert<T, true> : convert<T, false>)(grid, x, blocks, reinterpret_cast<T *>(q), scale, byteSum);
}

void convertBlocks(ProductKind kind, const GridKernel &grid, const float *x, int64_t blocks, uint8_t *q, float *scale,
                   int32_t *byteSum) {
  const auto kernel = kind == ProductKind::bytes   ? convertTo<int8_t>
                      : kind == ProductKind::words ? convertTo<int16_t>
                                                   : convertTo<uint16_t>;
  kernel(grid, x, blocks, q, scale, byteSum);
}

void valuesToBf16(const float *values, int64_t blocks, uint8_t *to) {
  for (int64_t b = 0; b < blocks; ++b)
    toBf16(values + b * narrowBlock, reinterpret_cast<uint16_t *>(to) + b * narrowBlock);
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(convertBlocks);
HWY_EXPORT(valuesToBf16);

namespace {

// Floats quantised at a time: they are read again from the first-level cache.
constexpr int64_t passSize = 4096;

// For values that are on a grid of `bits` bits already: nothing is rounded.
GridKernel exactGrid(int bits) {
  return {nullptr, bits, false, 0, 0, static_cast<float>((1 << bits) - 1), bits - 1, bits, std::min(252 + bits, 254)};
}

// Of a format whose own kernel is for a grid, in blocks of 1 x 32.
std::optional<GridKernel> kernelOf(const Format &format) {
  const auto *block = dynamic_cast<const BlockFormat *>(&format);
  if (!block || !block->gridFormat() || block->block() != BlockShape{1, narrowBlock})
    return std::nullopt;
  const GridFormat &grid = *block->gridFormat();
  const auto [minExponent, mantissaBits, highest] = grid.grid;
  const int largest = std::ilogb(highest), finest = minExponent - mantissaBits;
  const int below = largest - finest;
  // The unit's biased exponent, exponent - below, lies in 1 .. 253, and the scale is not limited.
  if (below > 100) // 2^(24 + below) must be a float
    return std::nullopt;
  return GridKernel{&format,
                    below + 1,
                    largest > minExponent,
                    grid.roundsScale ? 0x400000 : 0,
                    mantissaBits,
                    static_cast<float>(std::ldexp(highest, -finest)),
                    below,
                    std::max(1 + below, 127 + largest + grid.minScale),
                    std::min({253 + below, 127 + largest + grid.maxScale, 254})};
}

void reserve(NarrowRows &rows) {
  const int64_t needed = rows.rows * rows.blocks;
  if (rows.elements && needed <= rows.capacity)
    return;
  rows.capacity = needed;
  // As large as the widest elements need, whatever the kind of today.
  rows.elements = hwy::AllocateAligned<uint8_t>(static_cast<size_t>(needed * narrowBlock * 2));
  rows.scale = hwy::AllocateAligned<float>(static_cast<size_t>(needed));
  rows.byteSum = hwy::AllocateAligned<int32_t>(static_cast<size_t>(needed));
}

} // namespace

int magnitudeBits(const Format &format) {
  if (!format.hasIntegers())
    return 0;
  const OperandShape shape = format.operand();
  const bool onePower = shape.scaleSignificandBits == 0 && shape.outerSignificandBits == 0;
  const bool oneScale = format.block().cols % narrowBlock == 0 || format.scaleReach() == ScaleReach::none;
  const int bits = shape.significandBits + shape.maxShift;
  return onePower && oneScale && shape.minExponent >= -126 - bits ? bits : 0;
}

bool isExactInBf16(const Format &format) {
  if (!format.hasIntegers())
    return false;
  const OperandShape shape = format.operand();
  return shape.significandBits <= 8 && shape.scaleSignificandBits == 0 && shape.outerSignificandBits == 0;
}

void quantizeInto(const Format &format, ProductKind kind, ConstMatrixView x, NarrowRows &rows, Values given) {
  const int bits = magnitudeBits(format);
  assert(kind == ProductKind::bf16 ? isExactInBf16(format) : bits > 0 && bits <= (kind == ProductKind::bytes ? 7 : 15));
  rows.kind = kind;
  rows.rows = x.rows;
  rows.cols = x.cols;
  rows.blocks = (x.cols + narrowBlock - 1) / narrowBlock;
  reserve(rows);
  const auto kernel = HWY_DYNAMIC_DISPATCH(convertBlocks);
  const auto convert = [&](const GridKernel &grid, const float *values, int64_t row, int64_t block, int64_t blocks) {
    const int64_t at = row * rows.blocks + block;
    kernel(kind, grid, values, blocks, rows.elements.get() + at * narrowBlock * elementBytes(kind),
           rows.scale.get() + at, rows.byteSum.get() + at);
  };
  const auto own = given == Values::any ? kernelOf(format) : std::nullopt;
  if (const std::optional<GridKernel> &grid = own) {
    const int64_t whole = x.cols / narrowBlock, tail = x.cols % narrowBlock;
    if (tail == 0 && x.stride == x.cols)
      return convert(*grid, x.data, 0, 0, x.rows * whole);
    for (int64_t r = 0; r < x.rows; ++r) {
      convert(*grid, x.row(r), r, 0, whole);
      if (tail > 0) {
        float last[narrowBlock] = {};
        std::copy_n(x.row(r) + whole * narrowBlock, tail, last);
        convert(*grid, last, r, whole, 1);
      }
    }
    return;
  }
  const GridKernel grid = kind == ProductKind::bf16 ? GridKernel{} : exactGrid(bits);
  const int64_t padded = rows.blocks * narrowBlock;
  const int64_t blockRows = std::min(format.block().rows, std::max<int64_t>(x.rows, 1));
  const int64_t pass = std::max<int64_t>(1, passSize / std::max<int64_t>(1, padded * blockRows)) * blockRows;
  thread_local std::vector<float> memory;
  memory.assign(static_cast<size_t>(std::min(pass, x.rows) * padded), 0.0F);
  for (int64_t first = 0; first < x.rows; first += pass) {
    const int64_t count = std::min(pass, x.rows - first);
    if (given == Values::any)
      format.fakeQuantize({x.row(first), count, x.cols, x.stride}, {memory.data(), count, x.cols, padded});
    else
      for (int64_t r = 0; r < count; ++r)
        std::copy_n(x.row(first + r), x.cols, memory.data() + r * padded);
    if (kind == ProductKind::bf16)
      HWY_DYNAMIC_DISPATCH(valuesToBf16)
    (memory.data(), count * rows.blocks, rows.elements.get() + first * rows.blocks * narrowBlock * elementBytes(kind));
    else for (int64_t r = 0; r < count; ++r) convert(grid, memory.data() + r * padded, first + r, 0, rows.blocks);
  }
}

} // namespace mase
#endif
