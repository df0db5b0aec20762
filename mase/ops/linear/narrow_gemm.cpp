// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bytes: the processor multiplies unsigned by signed, so B is stored with 128 added, and the sum starts at -128 times
// the sum of A's block: exact, and no step saturates (255 * 127 * 32 < 2^21). Words: pairs of int16 to int32. bf16: the
// processor adds the product of the upper halves, then that of the lower ones, each rounded as by itself.

#include "mase/ops/linear/narrow_gemm.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <utility>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#ifndef MASE_HAS_PRODUCTS
#define MASE_HAS_PRODUCTS
namespace mase {

/// Whether the processor has a bit of EAX in leaf 7.1 of cpuid: 4 AVX-VNNI, 5 AVX512-BF16. Asked once, as a virtual
/// machine may take long to answer; not of the compiler, as not all know these names.
inline bool hasProducts(int bit) {
  static const uint32_t features = [] {
    uint32_t a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid_count(7, 1, &a, &b, &c, &d) ? a : 0;
  }();
  return (features >> bit & 1) != 0;
}

} // namespace mase
#endif
#endif

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/ops/linear/narrow_gemm.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
// Instructions that Highway's targets do not have in the compiler's options. AVX3_DL has VNNI by its definition;
// AVX-VNNI and bf16 are asked for at run time, and nothing here is a loop for which the compiler would choose them by
// itself.
#if HWY_TARGET == HWY_AVX3_DL
HWY_POP_ATTRIBUTES
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avx512vnni,avx512bf16")
#elif HWY_TARGET == HWY_AVX2
HWY_POP_ATTRIBUTES
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avxvnni")
#endif
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using F = hn::CappedTag<float, 16>;
using I = hn::RebindToSigned<F>;
using VI = hn::Vec<I>;
using VF = hn::Vec<F>;

// Rows of A in a register tile, by two vectors of B, so that the sums fit the register file (32 registers with AVX-512
// and NEON, 16 below): integers need two sums an element, bf16 one.
#if HWY_TARGET <= HWY_AVX3 || HWY_TARGET == HWY_NEON
constexpr int integerRows = 6;
#else
constexpr int integerRows = 4;
#endif

// Bytes of B that a single row asks for ahead of their use: a page, as hardware looks no further than the one it is in.
constexpr int64_t ahead = 8192;

// Blocks of a panel that stay in the second-level cache while the rows of A pass by.
constexpr int64_t residentBlocks = 128;

int64_t narrowPanel() { return 2 * static_cast<int64_t>(hn::Lanes(F())); }

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

// A kind of product: how many rows a tile has, how many 32-bit groups of elements a block, how B keeps its scales, and
// how many groups are taken without a loop: all where one instruction multiplies and adds. `load` reads a group of two
// vectors of B.

using U8 = hn::Repartition<uint8_t, I>;

struct PlainElements {
  struct Codes {};
  static Codes codesOf(const uint8_t *) { return {}; }
  static void load(const uint8_t *elements, int64_t step, Codes, VI &low, VI &high) {
    const I i;
    const auto *vectors = reinterpret_cast<const int32_t *>(elements) + 2 * step * static_cast<int64_t>(hn::Lanes(i));
    low = hn::Load(i, vectors);
    high = hn::Load(i, vectors + hn::Lanes(i));
  }
};

struct Words : PlainElements {
  static constexpr int tileRows = integerRows;
  static constexpr int64_t steps = 16, scaleBytes = 4, elementBytes = 64,
                           unrolledSteps = HWY_TARGET == HWY_AVX3_DL ? 8 : 1;
  static VI start(const int32_t *) { return hn::Zero(I()); }
  static VI dot(VI sum, VI b, VI a) { return addPair(sum, b, a); }
  static VF loadScale(const uint8_t *scale) { return hn::Load(F(), reinterpret_cast<const float *>(scale)); }
};

#if HWY_TARGET == HWY_AVX3_DL || HWY_TARGET == HWY_AVX2
struct Bytes : PlainElements {
  static constexpr int tileRows = integerRows;
  // A scale is the upper half of a float: enough for every power of two that bytes have.
  static constexpr int64_t steps = 8, scaleBytes = 2, elementBytes = 32, unrolledSteps = 8;
  static VI start(const int32_t *byteSum) { return hn::Set(I(), *byteSum); }
  static VI dot(VI sum, VI b, VI a) {
#if HWY_TARGET == HWY_AVX2
    return VI{_mm256_dpbusd_avx_epi32(sum.raw, b.raw, a.raw)};
#else
    return VI{_mm512_dpbusd_epi32(sum.raw, b.raw, a.raw)};
#endif
  }
  static VF loadScale(const uint8_t *scale) {
    const hn::Rebind<uint16_t, F> half;
    const auto upper = hn::Load(half, reinterpret_cast<const uint16_t *>(scale));
    return hn::BitCast(F(), hn::ShiftLeft<16>(hn::PromoteTo(hn::RebindToUnsigned<F>(), upper)));
  }
};

// Bytes of which B has at most 16 different ones: their numbers, the two vectors of a group in the halves of one.
struct Nibbles : Bytes {
  static constexpr int64_t elementBytes = 16;
  using Codes = hn::Vec<U8>;
  static Codes codesOf(const uint8_t *codes) { return hn::LoadDup128(U8(), codes); }
  static void load(const uint8_t *elements, int64_t step, Codes codes, VI &low, VI &high) {
    const U8 u;
    const hn::Repartition<uint16_t, I> pairs;
    const auto both = hn::Load(u, elements + step * static_cast<int64_t>(hn::Lanes(u))), half = hn::Set(u, 15);
    const auto upper = hn::BitCast(u, hn::ShiftRight<4>(hn::BitCast(pairs, both)));
    low = hn::BitCast(I(), hn::TableLookupBytes(codes, hn::And(both, half)));
    high = hn::BitCast(I(), hn::TableLookupBytes(codes, hn::And(upper, half)));
  }
};
#else
// Never asked for.
using Bytes = Words;
using Nibbles = Words;
#endif

bool byteProducts() {
#if HWY_TARGET == HWY_AVX3_DL
  return true;
#elif HWY_TARGET == HWY_AVX2
  return hasProducts(4);
#else
  return false;
#endif
}

#if HWY_TARGET == HWY_AVX3_DL
struct Bf16 : PlainElements {
  static constexpr int tileRows = 12;
  static constexpr int64_t steps = 16, scaleBytes = 0, elementBytes = 64;
  static VF dot(VF sum, VI b, VI a) {
    return VF{_mm512_dpbf16_ps(sum.raw, reinterpret_cast<__m512bh>(b.raw), reinterpret_cast<__m512bh>(a.raw))};
  }
};
bool bf16Products() { return hasProducts(5); }
#else
using Bf16 = Words; // never asked for
bool bf16Products() { return false; }
#endif

// One block of a panel: a scale a row, then 32 elements a row.
template <class Kind>
constexpr int64_t blockBytes(int64_t panel) {
  return panel * (Kind::scaleBytes + Kind::elementBytes);
}

// Where A's rows, as seen by a tile, lie.
struct Left {
  const uint8_t *elements;
  const float *scale;
  const int32_t *byteSum;
  int64_t blocks;       // of a row
  const uint8_t *codes; // B's, for nibbles
};

// Blocks [first, last) of `rows` rows of A and those of a panel of B; C holds the sum of the blocks before.
template <class Kind, int rows>
void tile(const Left &a, const uint8_t *HWY_RESTRICT b, int64_t first, int64_t last, float *HWY_RESTRICT c,
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
  HWY_UNROLL(12)
  for (int r = 0; r < rows; ++r) {
    low[r] = first == 0 ? hn::Zero(f) : hn::LoadU(f, to + r * strideTo);
    high[r] = first == 0 ? hn::Zero(f) : hn::LoadU(f, to + r * strideTo + lanes);
  }
  const int64_t blockSize = blockBytes<Kind>(2 * lanes), rowSize = a.blocks * 4 * Kind::steps;
  const auto codes = Kind::codesOf(a.codes);
  for (int64_t block = first; block < last; ++block, b += blockSize) {
    const uint8_t *elements = b + 2 * lanes * Kind::scaleBytes;
    const uint8_t *left = a.elements + block * 4 * Kind::steps;
    if constexpr (rows == 1)
      for (int64_t line = 0; line < blockSize; line += 64)
        hwy::Prefetch(b + ahead + line);
    const auto groupOf = [&](int r, int64_t k) HWY_ATTR {
      int32_t group;
      std::memcpy(&group, left + r * rowSize + 4 * k, sizeof(group));
      return hn::Set(i, group);
    };
    if constexpr (Kind::scaleBytes == 0) {
      HWY_UNROLL(16)
      for (int64_t k = 0; k < Kind::steps; ++k) {
        VI b0, b1;
        Kind::load(elements, k, codes, b0, b1);
        for (int r = 0; r < rows; ++r) {
          const VI x = groupOf(r, k);
          low[r] = Kind::dot(low[r], b0, x);
          high[r] = Kind::dot(high[r], b1, x);
        }
      }
    } else {
      VI sumLow[rows], sumHigh[rows];
      HWY_UNROLL(12)
      for (int r = 0; r < rows; ++r)
        sumLow[r] = sumHigh[r] = Kind::start(a.byteSum + r * a.blocks + block);
      // As long as the compiler sees a loop it leaves the order of integer additions alone, and sums in registers.
      HWY_UNROLL(1)
      for (int64_t k = 0; k < Kind::steps; k += Kind::unrolledSteps) {
        HWY_UNROLL(16)
        for (int64_t step = k; step < k + Kind::unrolledSteps; ++step) {
          VI b0, b1;
          Kind::load(elements, step, codes, b0, b1);
          HWY_UNROLL(12)
          for (int r = 0; r < rows; ++r) {
            const VI x = groupOf(r, step);
            sumLow[r] = Kind::dot(sumLow[r], b0, x);
            sumHigh[r] = Kind::dot(sumHigh[r], b1, x);
          }
        }
      }
      const VF scale0 = Kind::loadScale(b), scale1 = Kind::loadScale(b + lanes * Kind::scaleBytes);
      HWY_UNROLL(12)
      for (int r = 0; r < rows; ++r) {
        const VF scale = hn::Set(f, a.scale[r * a.blocks + block]);
        low[r] = hn::MulAdd(hn::ConvertTo(f, sumLow[r]), hn::Mul(scale, scale0), low[r]);
        high[r] = hn::MulAdd(hn::ConvertTo(f, sumHigh[r]), hn::Mul(scale, scale1), high[r]);
      }
    }
  }
  HWY_UNROLL(12)
  for (int r = 0; r < rows; ++r) {
    hn::StoreU(low[r], f, to + r * strideTo);
    hn::StoreU(high[r], f, to + r * strideTo + lanes);
  }
  if (!whole)
    for (int r = 0; r < rows; ++r)
      std::copy_n(edge + r * strideTo, columns, c + r * strideC);
}

using Tile = void (*)(const Left &, const uint8_t *, int64_t, int64_t, float *, int64_t, int64_t);

template <class Kind, int... rows>
constexpr std::array<Tile, sizeof...(rows)> tilesFor(std::integer_sequence<int, rows...>) {
  return {&tile<Kind, rows + 1>...};
}

#if HWY_TARGET == HWY_AVX3_DL || HWY_TARGET == HWY_AVX2
// Rearranges packed bytes as nibbles, when there are few enough different ones.
void narrowToNibbles(PackedNarrow &b) {
  const int64_t width = narrowPanel(), scales = width * Bytes::scaleBytes, group = width / 2 * 4;
  const int64_t from = blockBytes<Bytes>(width), to = blockBytes<Nibbles>(width), count = b.panels() * b.blocks;
  std::array<uint8_t, 256> number = {}; // of a byte, from 1
  uint8_t next = 0;
  for (int64_t block = 0; block < count; ++block)
    for (const uint8_t *byte = b.data.get() + block * from + scales, *end = byte + from - scales; byte != end; ++byte)
      if (number[*byte] == 0) {
        if (next == b.codes.size())
          return;
        b.codes[next] = *byte;
        number[*byte] = ++next;
      }
  for (uint8_t &n : number)
    --n;
  auto nibbles = hwy::AllocateAligned<uint8_t>(static_cast<size_t>(count * to));
  for (int64_t block = 0; block < count; ++block) {
    const uint8_t *source = b.data.get() + block * from;
    uint8_t *target = nibbles.get() + block * to;
    std::memcpy(target, source, static_cast<size_t>(scales));
    source += scales, target += scales;
    for (int64_t step = 0; step < Bytes::steps; ++step, source += 2 * group, target += group)
      for (int64_t k = 0; k < group; ++k)
        target[k] = static_cast<uint8_t>(number[source[k]] | number[source[group + k]] << 4);
  }
  b.data = std::move(nibbles);
  b.bytes = count * to;
  b.isNibbles = true;
}
#else
void narrowToNibbles(PackedNarrow &) {}
#endif

template <class Kind>
void multiplyPanels(const NarrowRows &a, int64_t firstRow, const PackedNarrow &b, MatrixView c, int64_t firstPanel,
                    int64_t lastPanel) {
  static constexpr auto tiles = tilesFor<Kind>(std::make_integer_sequence<int, Kind::tileRows>());
  const int64_t width = narrowPanel(), blockSize = blockBytes<Kind>(width);
  // One tile of rows meets a panel once: nothing to keep.
  const int64_t resident = c.rows <= Kind::tileRows ? b.blocks : residentBlocks;
  for (int64_t first = 0; first < b.blocks; first += resident)
    for (int64_t panel = firstPanel; panel < lastPanel; ++panel)
      for (int64_t r = 0; r < c.rows; r += Kind::tileRows) {
        const int64_t at = (firstRow + r) * a.blocks, rows = std::min<int64_t>(Kind::tileRows, c.rows - r);
        const Left left = {a.elementsOf(firstRow + r), a.scale.get() + at, a.byteSum.get() + at, a.blocks,
                           b.codes.data()};
        tiles[static_cast<size_t>(rows - 1)](left, b.data.get() + (panel * b.blocks + first) * blockSize, first,
                                             std::min(first + resident, b.blocks), c.row(r) + panel * width, c.stride,
                                             std::min(width, c.cols - panel * width));
      }
}

template <class Kind>
void packPanels(const NarrowRows &from, int64_t firstRow, PackedNarrow &to) {
  const int64_t width = narrowPanel(), size = blockBytes<Kind>(width);
  const uint32_t offset = from.kind == ProductKind::bytes ? 0x80808080 : 0;
  for (int64_t r = 0; r < from.rows; ++r) {
    const int64_t row = firstRow + r, lane = row % width;
    uint8_t *block = to.data.get() + row / width * from.blocks * size;
    const uint8_t *q = from.elementsOf(r);
    for (int64_t b = 0; b < from.blocks; ++b, block += size, q += 4 * Kind::steps) {
      if constexpr (Kind::scaleBytes > 0) { // the upper bytes; little-endian, as the vectors are read
        const auto *scale = reinterpret_cast<const uint8_t *>(&from.scale[static_cast<size_t>(r * from.blocks + b)]);
        std::memcpy(block + lane * Kind::scaleBytes, scale + 4 - Kind::scaleBytes, Kind::scaleBytes);
      }
      auto *elements = reinterpret_cast<uint32_t *>(block + width * Kind::scaleBytes) + lane;
      for (int64_t k = 0; k < Kind::steps; ++k) {
        uint32_t group;
        std::memcpy(&group, q + 4 * k, sizeof(group));
        elements[k * width] = group ^ offset;
      }
    }
  }
}

void multiplyNarrow(const NarrowRows &a, int64_t firstRow, const PackedNarrow &b, MatrixView c, int64_t firstPanel,
                    int64_t lastPanel) {
  const auto kernel = b.isNibbles                    ? multiplyPanels<Nibbles>
                      : b.kind == ProductKind::bytes ? multiplyPanels<Bytes>
                      : b.kind == ProductKind::words ? multiplyPanels<Words>
                                                     : multiplyPanels<Bf16>;
  kernel(a, firstRow, b, c, firstPanel, lastPanel);
}

int64_t narrowBlockBytes(ProductKind kind) {
  const int64_t panel = narrowPanel();
  return kind == ProductKind::bytes   ? blockBytes<Bytes>(panel)
         : kind == ProductKind::words ? blockBytes<Words>(panel)
                                      : blockBytes<Bf16>(panel);
}

void packNarrowRows(const NarrowRows &from, int64_t firstRow, PackedNarrow &to) {
  const auto kernel = to.kind == ProductKind::bytes   ? packPanels<Bytes>
                      : to.kind == ProductKind::words ? packPanels<Words>
                                                      : packPanels<Bf16>;
  kernel(from, firstRow, to);
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(byteProducts);
HWY_EXPORT(bf16Products);
HWY_EXPORT(narrowPanel);
HWY_EXPORT(narrowBlockBytes);
HWY_EXPORT(packNarrowRows);
HWY_EXPORT(narrowToNibbles);
HWY_EXPORT(multiplyNarrow);

std::optional<ProductKind> integerProduct(int a, int b) {
  // 32 products of magnitudes below 2^a and 2^b stay below 2^(a + b + 5).
  if (a == 0 || b == 0 || std::max(a, b) > 15 || a + b + 5 > 31)
    return std::nullopt;
  return std::max(a, b) <= 7 && HWY_DYNAMIC_DISPATCH(byteProducts)() ? ProductKind::bytes : ProductKind::words;
}

std::optional<ProductKind> productKind(const Format &a, const Format &b) {
  if (const auto kind = integerProduct(magnitudeBits(a), magnitudeBits(b)))
    return kind;
  if (isExactInBf16(a) && isExactInBf16(b) && HWY_DYNAMIC_DISPATCH(bf16Products)())
    return ProductKind::bf16;
  return std::nullopt;
}

PackedNarrow packNarrow(const Format &format, ProductKind kind, ConstMatrixView b, Values values) {
  PackedNarrow packed;
  packed.kind = kind;
  packed.rows = b.rows;
  packed.cols = b.cols;
  packed.blocks = (b.cols + narrowBlock - 1) / narrowBlock;
  packed.panel = HWY_DYNAMIC_DISPATCH(narrowPanel)();
  packed.bytes = packed.panels() * packed.blocks * HWY_DYNAMIC_DISPATCH(narrowBlockBytes)(kind);
  packed.data = hwy::AllocateAligned<uint8_t>(static_cast<size_t>(packed.bytes));
  // What pads the last panel is never stored; it may not be another byte.
  if (b.rows % packed.panel != 0) {
    const int64_t panelBytes = packed.bytes / packed.panels(), last = packed.bytes - panelBytes;
    std::memset(packed.data.get() + last, kind == ProductKind::bytes ? 0x80 : 0, static_cast<size_t>(panelBytes));
  }
  // A few rows at a time: what lies between stays in the caches. Whole blocks of rows, as formats may share scales so.
  const int64_t blockRows = std::min(format.block().rows, std::max<int64_t>(b.rows, 1));
  const int64_t pass = (64 + blockRows - 1) / blockRows * blockRows;
  NarrowRows rows;
  for (int64_t r = 0; r < b.rows; r += pass) {
    quantizeInto(format, kind, {b.row(r), std::min(pass, b.rows - r), b.cols, b.stride}, rows, values);
    HWY_DYNAMIC_DISPATCH(packNarrowRows)(rows, r, packed);
  }
  if (kind == ProductKind::bytes)
    HWY_DYNAMIC_DISPATCH(narrowToNibbles)(packed);
  return packed;
}

void multiply(const NarrowRows &a, int64_t firstRow, const PackedNarrow &b, MatrixView c, int64_t firstPanel,
              int64_t lastPanel) {
  assert(a.kind == b.kind && a.cols == b.cols && firstRow + c.rows <= a.rows && c.cols <= b.rows);
  HWY_DYNAMIC_DISPATCH(multiplyNarrow)
  (a, firstRow, b, c, firstPanel, lastPanel < 0 ? (c.cols + b.panel - 1) / b.panel : lastPanel);
}

} // namespace mase
#endif
