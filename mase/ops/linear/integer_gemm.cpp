// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bytes: the processor multiplies unsigned by signed, so B is stored with 128 added, and the sum starts at -128 times
// the sum of A's block: exact, and no step saturates (255 * 127 * 32 < 2^21). Words: pairs of int16 to int32.

#include "mase/ops/linear/integer_gemm.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <utility>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/ops/linear/integer_gemm.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
// Highway's target has VNNI by its definition, but not in the compiler's options.
#if HWY_TARGET == HWY_AVX3_DL
HWY_POP_ATTRIBUTES
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avx512vnni")
#endif
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using F = hn::CappedTag<float, 16>;
using I = hn::RebindToSigned<F>;
using VI = hn::Vec<I>;
using VF = hn::Vec<F>;

// Rows of A in a register tile, by two vectors of B: 4 * tileRows accumulators, two of B, a broadcast, a temporary.
#if HWY_TARGET <= HWY_AVX3 || HWY_TARGET == HWY_NEON
constexpr int tileRows = 6;
#else
constexpr int tileRows = 2;
#endif

// Blocks of a panel that stay in the second-level cache while the rows of A pass by.
constexpr int64_t residentBlocks = 128;

int64_t integerPanel() { return 2 * static_cast<int64_t>(hn::Lanes(F())); }

// Lane by lane: sum + b0 a0 + b1 a1 of two int16.
HWY_INLINE VI addPair(VI sum, VI b, VI a) {
#if HWY_TARGET == HWY_AVX3_DL
  return VI{_mm512_dpwssd_epi32(sum.raw, b.raw, a.raw)};
#elif HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128
  const hn::Repartition<int16_t, I> words;
  VI unused = hn::Zero(I());
  return hn::ReorderWidenMulAccumulate(I(), hn::BitCast(words, b), hn::BitCast(words, a), sum, unused);
#else
  const auto low = [](VI x) { return hn::ShiftRight<16>(hn::ShiftLeft<16>(x)); };
  const auto high = [](VI x) { return hn::ShiftRight<16>(x); };
  return hn::Add(hn::Add(sum, hn::Mul(low(b), low(a))), hn::Mul(high(b), high(a)));
#endif
}

struct Words {
  using Scale = float;
  static constexpr int64_t steps = 16; // 32-bit groups of elements in a block
  static VI start(const int32_t *) { return hn::Zero(I()); }
  static VI dot(VI sum, VI b, VI a) { return addPair(sum, b, a); }
  static VF loadScale(const float *scale) { return hn::Load(F(), scale); }
};

#if HWY_TARGET == HWY_AVX3_DL
struct Bytes {
  using Scale = uint16_t; // the upper half of a float: enough for every power of two that bytes have
  static constexpr int64_t steps = 8;
  static VI start(const int32_t *byteSum) { return hn::Set(I(), *byteSum); }
  static VI dot(VI sum, VI b, VI a) { return VI{_mm512_dpbusd_epi32(sum.raw, b.raw, a.raw)}; }
  static VF loadScale(const uint16_t *scale) {
    const hn::Rebind<uint16_t, F> half;
    return hn::BitCast(F(), hn::ShiftLeft<16>(hn::PromoteTo(hn::RebindToUnsigned<F>(), hn::Load(half, scale))));
  }
};
constexpr bool hasBytes = true;
#else
using Bytes = Words; // never asked for
constexpr bool hasBytes = false;
#endif

bool byteProducts() { return hasBytes; }

// One block of a panel: a scale a row, then 32 elements a row.
template <class Kind>
constexpr int64_t blockBytes(int64_t panel) {
  return panel * (static_cast<int64_t>(sizeof(typename Kind::Scale)) + 4 * Kind::steps);
}

// Where A's rows, as seen by a tile, lie.
struct Left {
  const uint8_t *elements;
  const float *scale;
  const int32_t *byteSum;
  int64_t blocks; // of a row
};

// Blocks [first, last) of `rows` rows of A and one panel of B; C holds the sum of the blocks before.
template <class Kind, int rows>
void integerTile(const Left &a, const uint8_t *HWY_RESTRICT b, int64_t first, int64_t last, float *HWY_RESTRICT c,
                 int64_t strideC, int64_t columns) {
  const F f;
  const I i;
  const auto lanes = static_cast<int64_t>(hn::Lanes(f));
  // Columns that C does not have are computed beside it.
  HWY_ALIGN float edge[rows * 32];
  const bool whole = columns == 2 * lanes;
  float *to = whole ? c : edge;
  const int64_t strideTo = whole ? strideC : 2 * lanes;
  if (!whole && first > 0)
    for (int r = 0; r < rows; ++r)
      std::copy_n(c + r * strideC, columns, edge + r * strideTo);
  VF low[rows], high[rows];
  HWY_UNROLL(8)
  for (int r = 0; r < rows; ++r) {
    low[r] = first == 0 ? hn::Zero(f) : hn::LoadU(f, to + r * strideTo);
    high[r] = first == 0 ? hn::Zero(f) : hn::LoadU(f, to + r * strideTo + lanes);
  }
  const int64_t blockSize = blockBytes<Kind>(2 * lanes), rowSize = a.blocks * 4 * Kind::steps;
  b += first * blockSize;
  for (int64_t block = first; block < last; ++block, b += blockSize) {
    const auto *scales = reinterpret_cast<const typename Kind::Scale *>(b);
    const auto *elements = reinterpret_cast<const int32_t *>(scales + 2 * lanes);
    const uint8_t *left = a.elements + block * 4 * Kind::steps;
    VI sumLow[rows], sumHigh[rows];
    HWY_UNROLL(8)
    for (int r = 0; r < rows; ++r)
      sumLow[r] = sumHigh[r] = Kind::start(a.byteSum + r * a.blocks + block);
    HWY_UNROLL(16)
    for (int64_t k = 0; k < Kind::steps; ++k) {
      const VI b0 = hn::Load(i, elements + 2 * k * lanes), b1 = hn::Load(i, elements + (2 * k + 1) * lanes);
      for (int r = 0; r < rows; ++r) {
        int32_t group;
        std::memcpy(&group, left + r * rowSize + 4 * k, sizeof(group));
        const VI x = hn::Set(i, group);
        sumLow[r] = Kind::dot(sumLow[r], b0, x);
        sumHigh[r] = Kind::dot(sumHigh[r], b1, x);
      }
    }
    const VF scale0 = Kind::loadScale(scales), scale1 = Kind::loadScale(scales + lanes);
    HWY_UNROLL(8)
    for (int r = 0; r < rows; ++r) {
      const VF scale = hn::Set(f, a.scale[r * a.blocks + block]);
      low[r] = hn::MulAdd(hn::ConvertTo(f, sumLow[r]), hn::Mul(scale, scale0), low[r]);
      high[r] = hn::MulAdd(hn::ConvertTo(f, sumHigh[r]), hn::Mul(scale, scale1), high[r]);
    }
  }
  HWY_UNROLL(8)
  for (int r = 0; r < rows; ++r) {
    hn::StoreU(low[r], f, to + r * strideTo);
    hn::StoreU(high[r], f, to + r * strideTo + lanes);
  }
  if (!whole)
    for (int r = 0; r < rows; ++r)
      std::copy_n(edge + r * strideTo, columns, c + r * strideC);
}

using IntegerTile = void (*)(const Left &, const uint8_t *, int64_t, int64_t, float *, int64_t, int64_t);

template <class Kind, int... rows>
constexpr std::array<IntegerTile, sizeof...(rows)> integerTilesFor(std::integer_sequence<int, rows...>) {
  return {&integerTile<Kind, rows + 1>...};
}

template <class Kind>
void multiplyPanels(const IntegerRows &a, int64_t firstRow, const PackedIntegers &b, MatrixView c, int64_t firstPanel,
                    int64_t lastPanel) {
  static constexpr auto tiles = integerTilesFor<Kind>(std::make_integer_sequence<int, tileRows>());
  const int64_t width = integerPanel(), panelSize = b.blocks * blockBytes<Kind>(width);
  // One tile of rows meets a panel once: nothing to keep.
  const int64_t resident = c.rows <= tileRows ? b.blocks : residentBlocks;
  for (int64_t first = 0; first < b.blocks; first += resident)
    for (int64_t panel = firstPanel; panel < lastPanel; ++panel)
      for (int64_t r = 0; r < c.rows; r += tileRows) {
        const int64_t at = (firstRow + r) * a.blocks, rows = std::min<int64_t>(tileRows, c.rows - r);
        const Left left = {a.elementsOf(firstRow + r), a.scale.get() + at, a.byteSum.get() + at, a.blocks};
        tiles[static_cast<size_t>(rows - 1)](left, b.data.get() + panel * panelSize, first,
                                             std::min(first + resident, b.blocks), c.row(r) + panel * width, c.stride,
                                             std::min(width, c.cols - panel * width));
      }
}

void multiplyIntegers(const IntegerRows &a, int64_t firstRow, const PackedIntegers &b, MatrixView c, int64_t firstPanel,
                      int64_t lastPanel) {
  (b.width == IntegerWidth::byte ? multiplyPanels<Bytes> : multiplyPanels<Words>)(a, firstRow, b, c, firstPanel,
                                                                                  lastPanel);
}

template <class Kind>
void packPanels(const IntegerRows &from, int64_t firstRow, PackedIntegers &to) {
  const int64_t width = integerPanel(), size = blockBytes<Kind>(width);
  const uint32_t offset = Kind::steps == 8 ? 0x80808080 : 0;
  for (int64_t r = 0; r < from.rows; ++r) {
    const int64_t row = firstRow + r, lane = row % width;
    uint8_t *panel = to.data.get() + row / width * from.blocks * size;
    for (int64_t block = 0; block < from.blocks; ++block, panel += size) {
      uint32_t pattern;
      std::memcpy(&pattern, &from.scale[r * from.blocks + block], sizeof(pattern));
      if constexpr (sizeof(typename Kind::Scale) == 2)
        pattern >>= 16;
      auto *scales = reinterpret_cast<typename Kind::Scale *>(panel);
      std::memcpy(scales + lane, &pattern, sizeof(typename Kind::Scale)); // little-endian, as the vectors are read
      auto *elements = reinterpret_cast<uint32_t *>(scales + width) + lane;
      const uint8_t *q = from.elementsOf(r) + block * 4 * Kind::steps;
      for (int64_t k = 0; k < Kind::steps; ++k) {
        uint32_t group;
        std::memcpy(&group, q + 4 * k, sizeof(group));
        elements[k * width] = group ^ offset;
      }
    }
  }
}

int64_t packedBytes(IntegerWidth width, int64_t panels, int64_t blocks) {
  const int64_t panel = integerPanel();
  return panels * blocks * (width == IntegerWidth::byte ? blockBytes<Bytes>(panel) : blockBytes<Words>(panel));
}

void packIntegerRows(const IntegerRows &from, int64_t firstRow, PackedIntegers &to) {
  (to.width == IntegerWidth::byte ? packPanels<Bytes> : packPanels<Words>)(from, firstRow, to);
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(byteProducts);
HWY_EXPORT(integerPanel);
HWY_EXPORT(packedBytes);
HWY_EXPORT(packIntegerRows);
HWY_EXPORT(multiplyIntegers);

std::optional<IntegerWidth> productWidth(int a, int b) {
  // 32 products of magnitudes below 2^a and 2^b stay below 2^(a + b + 5).
  if (a == 0 || b == 0 || std::max(a, b) > 15 || a + b + 5 > 31)
    return std::nullopt;
  return std::max(a, b) <= 7 && HWY_DYNAMIC_DISPATCH(byteProducts)() ? IntegerWidth::byte : IntegerWidth::word;
}

std::optional<IntegerWidth> productWidth(const Format &a, const Format &b) {
  return productWidth(magnitudeBits(a), magnitudeBits(b));
}

PackedIntegers packIntegers(const Format &format, IntegerWidth width, ConstMatrixView b) {
  PackedIntegers packed;
  packed.width = width;
  packed.rows = b.rows;
  packed.cols = b.cols;
  packed.blocks = (b.cols + integerBlock - 1) / integerBlock;
  packed.panel = HWY_DYNAMIC_DISPATCH(integerPanel)();
  packed.bytes = HWY_DYNAMIC_DISPATCH(packedBytes)(width, packed.panels(), packed.blocks);
  packed.data = hwy::AllocateAligned<uint8_t>(static_cast<size_t>(packed.bytes));
  if (const int64_t last = (packed.panels() - 1) * (packed.bytes / packed.panels()); b.rows % packed.panel != 0)
    std::fill(packed.data.get() + last, packed.data.get() + packed.bytes, uint8_t(0));
  // A few rows at a time: what lies between stays in the caches. Whole blocks of rows, as formats may share scales so.
  const int64_t blockRows = std::min(format.block().rows, std::max<int64_t>(b.rows, 1));
  const int64_t pass = (64 + blockRows - 1) / blockRows * blockRows;
  IntegerRows rows;
  for (int64_t r = 0; r < b.rows; r += pass) {
    quantizeInto(format, width, {b.row(r), std::min(pass, b.rows - r), b.cols, b.stride}, rows);
    HWY_DYNAMIC_DISPATCH(packIntegerRows)(rows, r, packed);
  }
  return packed;
}

void multiply(const IntegerRows &a, int64_t firstRow, const PackedIntegers &b, MatrixView c, int64_t firstPanel,
              int64_t lastPanel) {
  assert(a.width == b.width && a.cols == b.cols && firstRow + c.rows <= a.rows && c.cols <= b.rows);
  HWY_DYNAMIC_DISPATCH(multiplyIntegers)
  (a, firstRow, b, c, firstPanel, lastPanel < 0 ? (c.cols + b.panel - 1) / b.panel : lastPanel);
}

} // namespace mase
#endif
