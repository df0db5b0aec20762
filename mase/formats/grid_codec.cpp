// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Encoding: as grid_kernel.cpp rounds by adding C, the sum's bits less those of C are the significand; the octave above
// the lowest one is the exponent field. Decoding: an element's bits, moved to where fp32 has them, are its value but
// for a constant exponent; subnormal elements lose the leading one that they do not have. Bits: 8 codes are 8 bytes of
// a 64-bit lane, drawn together in three steps, each halving the number of pieces.

#include "mase/formats/grid_codec.h"

#include "mase/formats/grid_block.h"
#include "mase/support/parallel.h"

#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/formats/grid_codec.cpp"
// foreach_target.h comes first, whatever the alphabet says.
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/cache_control.h>
#include <hwy/highway.h>
// clang-format on

#ifndef MASE_GRID_CODEC_CONSTANTS
#define MASE_GRID_CODEC_CONSTANTS
namespace mase {

/// Codes that are packed in one go: eight 64-bit lanes.
constexpr int64_t batch = 64;

/// A codec as the kernels need it.
struct CodecConstants {
  const GridTable *table;
  int32_t minScale;
  bool octaves, twosComplement;
  int32_t bits, mantissaBits;
  uint32_t limitCode; // of the largest magnitude
  int32_t topCode;    // the scale's code for NaN
};

inline CodecConstants constantsOf(const GridCodec &codec) {
  const RoundingGrid &grid = codec.format.grid;
  const int topOctave = std::ilogb(grid.largest);
  const auto significand = static_cast<uint32_t>(std::ldexp(grid.largest, grid.mantissaBits - topOctave));
  const auto octaves = static_cast<uint32_t>(topOctave - grid.minExponent);
  CodecConstants constants;
  constants.table = codec.format.table.get();
  constants.minScale = codec.format.minScale;
  constants.octaves = hasOctaves(grid);
  constants.twosComplement = codec.twosComplement;
  constants.bits = codec.bits;
  constants.mantissaBits = grid.mantissaBits;
  constants.limitCode = (octaves << grid.mantissaBits) + significand;
  constants.topCode = 2 * codec.format.maxScale + 1;
  return constants;
}

} // namespace mase
#endif

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using F = hn::CappedTag<float, lineColumns>;
using I = hn::RebindToSigned<F>;
using B = hn::Rebind<uint8_t, F>;
using W = hn::CappedTag<uint64_t, 8>;
constexpr size_t lanes = hn::MaxLanes(F());
constexpr size_t words = hn::MaxLanes(W());

/// Whether one of the numbers is subnormal and not zero.
template <class V>
HWY_INLINE bool hasSubnormals(V x) {
  const I i;
  const auto magnitude = hn::BitCast(i, hn::Abs(x));
  const auto isSmall = hn::Gt(hn::Set(i, 1 << 23), magnitude);
  return !hn::AllFalse(i, hn::And(isSmall, hn::Gt(magnitude, hn::Zero(i))));
}

/// Masks of the three steps from eight codes of `bits` bits, one a byte, to 8 * bits bits, and back.
template <int bits>
struct Pieces {
  static constexpr uint64_t one = ((uint64_t{1} << bits) - 1) * 0x0001000100010001;     // every other code
  static constexpr uint64_t two = ((uint64_t{1} << 2 * bits) - 1) * 0x0000000100000001; // every other pair
  static constexpr uint64_t four = (uint64_t{1} << 4 * bits) - 1;                       // the lower half
};

/// Draws together: 8 * bits bits from the lowest one of each word.
template <int bits, class V>
HWY_INLINE V squeeze(V x) {
  using P = Pieces<bits>;
  const W w;
  const V one = hn::Set(w, P::one), two = hn::Set(w, P::two), four = hn::Set(w, P::four);
  x = hn::Or(hn::And(x, one), hn::ShiftRight<8 - bits>(hn::AndNot(one, x)));
  x = hn::Or(hn::And(x, two), hn::ShiftRight<16 - 2 * bits>(hn::AndNot(two, x)));
  return hn::Or(hn::And(x, four), hn::ShiftRight<32 - 4 * bits>(hn::AndNot(four, x)));
}

/// The way back; what stands above 8 * bits bits is ignored.
template <int bits, class V>
HWY_INLINE V spread(V x) {
  using P = Pieces<bits>;
  const W w;
  x = hn::Or(hn::And(x, hn::Set(w, P::four)), hn::And(hn::ShiftLeft<32 - 4 * bits>(x), hn::Set(w, P::four << 32)));
  x = hn::Or(hn::And(x, hn::Set(w, P::two)), hn::And(hn::ShiftLeft<16 - 2 * bits>(x), hn::Set(w, P::two << 16)));
  return hn::Or(hn::And(x, hn::Set(w, P::one)), hn::And(hn::ShiftLeft<8 - bits>(x), hn::Set(w, P::one << 8)));
}

/// Where closeUp() takes its bytes and its groups of four from.
template <int bits>
struct Places {
  alignas(64) uint8_t bytes[16] = {};
  alignas(64) uint32_t quads[16] = {};
  constexpr Places() {
    for (int i = 0; i < bits; ++i) { // inside 16 bytes: those of the upper half behind those of the lower one
      bytes[i] = static_cast<uint8_t>(i);
      bytes[bits + i] = static_cast<uint8_t>(8 + i);
    }
    constexpr uint32_t each = bits / 2; // groups of four that 16 bytes have left
    for (uint32_t i = 0; i < each * 4; ++i)
      quads[i] = (i / each * 4 + i % each) % (2 * words); // those of shorter vectors come first
  }
};
template <int bits>
constexpr Places<bits> places;

/// The bits of squeeze() without gaps: bits * words bytes from the lowest one on. What follows them is not defined.
template <int bits, class V>
HWY_INLINE V closeUp(V x) {
  const W w;
  if constexpr (words == 1)
    return x;
  const hn::Repartition<uint8_t, W> bytes;
  const hn::Repartition<uint32_t, W> quads;
  const auto close = hn::TableLookupBytes(hn::BitCast(bytes, x), hn::LoadDup128(bytes, places<bits>.bytes));
  if constexpr (words == 2)
    return hn::BitCast(w, close);
  const auto order = hn::SetTableIndices(quads, places<bits>.quads);
  return hn::BitCast(w, hn::TableLookupLanes(hn::BitCast(quads, close), order));
}

/// `count` codes (a multiple of 8), one a byte, to count * bits / 8 bytes. `codes` has room for whole batches and is
/// overwritten. A row at a time: words that are stored are not read again before they have left for the cache.
template <int bits>
void packBytes(uint8_t *codes, int64_t count, uint8_t *bytes) {
  const W w;
  auto *packed = reinterpret_cast<uint64_t *>(codes);
  const int64_t groups = count / 8;
  constexpr auto step = static_cast<int64_t>(words);
  int64_t k = 0;
  // Each store writes some bytes too many, which the next one overwrites; the last ones write exactly.
  if constexpr (bits % 2 == 0) { // vectors end with whole groups of four bytes
    for (; k * bits + 8 * step <= groups * bits; k += step, bytes += bits * step)
      hn::StoreU(closeUp<bits>(squeeze<bits>(hn::LoadU(w, packed + k))), w, reinterpret_cast<uint64_t *>(bytes));
  }
  for (int64_t rest = k; rest < groups; rest += step)
    hn::StoreU(squeeze<bits>(hn::LoadU(w, packed + rest)), w, packed + rest);
  const int64_t easy = groups - (8 + bits - 1) / bits;
  for (; k < easy; ++k, bytes += bits)
    std::memcpy(bytes, packed + k, 8);
  for (; k < groups; ++k, bytes += bits)
    std::memcpy(bytes, packed + k, bits);
}

/// The way back.
template <int bits>
void unpackBytes(const uint8_t *bytes, int64_t count, uint8_t *codes) {
  const W w;
  auto *packed = reinterpret_cast<uint64_t *>(codes);
  const int64_t groups = count / 8, easy = groups - (8 + bits - 1) / bits;
  int64_t k = 0;
  for (; k < easy; ++k, bytes += bits)
    std::memcpy(packed + k, bytes, 8);
  for (; k < groups; ++k, bytes += bits) {
    packed[k] = 0;
    std::memcpy(packed + k, bytes, bits);
  }
  for (k = 0; k < groups; k += static_cast<int64_t>(words))
    hn::StoreU(spread<bits>(hn::LoadU(w, packed + k)), w, packed + k);
}

/// By bits; 8 need neither.
constexpr decltype(&packBytes<1>) packers[] = {nullptr,      packBytes<1>, packBytes<2>, packBytes<3>,
                                               packBytes<4>, packBytes<5>, packBytes<6>, packBytes<7>};
constexpr decltype(&unpackBytes<1>) unpackers[] = {nullptr,        unpackBytes<1>, unpackBytes<2>, unpackBytes<3>,
                                                   unpackBytes<4>, unpackBytes<5>, unpackBytes<6>, unpackBytes<7>};

/// Codes of one block of so many lines, one a byte. The scale's code as the result, or -1 when the block is the
/// fallback's.
template <bool octaves, bool twosComplement, int lines>
HWY_INLINE int32_t encodeBlock(const CodecConstants &g, const float *x, uint8_t *codes) {
  const F f;
  const I i;
  const B b;
  constexpr size_t vectors = lines * lineColumns / lanes;
  hn::Vec<F> block[vectors];
  auto largest = hn::Zero(i);
  for (size_t k = 0; k < vectors; ++k) {
    block[k] = hn::LoadU(f, x + k * lanes);
    largest = hn::Max(largest, hn::BitCast(i, hn::Abs(block[k])));
  }
  const auto pattern = static_cast<uint32_t>(hn::GetLane(hn::MaxOfLanes(i, largest)));
  const BlockConstants &constants = g.table->of(pattern);
  if (constants.kind == BlockConstants::reference)
    return -1;
  const bool deep = constants.kind == BlockConstants::deep;
  if (deep)
    for (size_t k = 0; k < vectors; ++k)
      if (hasSubnormals(block[k]))
        return -1;
  const auto lowest = hn::Set(i, static_cast<int32_t>(constants.lowest));
  const auto shift = hn::Set(i, g.table->grid.magicShift * (1 << 23));
  const auto limit = hn::Set(i, static_cast<int32_t>(g.limitCode));
  const auto signBit = hn::Set(i, 1 << (g.bits - 1)), mask = hn::Set(i, (1 << g.bits) - 1);
  for (size_t k = 0; k < vectors; ++k) {
    const auto magnitude = hn::Abs(block[k]);
    auto octave = lowest;
    if constexpr (octaves)
      octave = hn::Max(hn::And(hn::BitCast(i, magnitude), hn::Set(i, static_cast<int32_t>(exponentMask))), lowest);
    const auto magic = hn::Add(octave, shift);
    auto code = hn::Sub(hn::BitCast(i, hn::Add(magnitude, hn::BitCast(f, magic))), magic);
    if constexpr (octaves)
      code = hn::Add(code, hn::ShiftRightSame(hn::Sub(octave, lowest), 23 - g.mantissaBits));
    if (deep) // fields count from the lowest octave, which fp32 does not have
      code =
          hn::IfThenElseZero(hn::Gt(code, hn::Zero(i)), hn::Add(code, hn::Set(i, constants.octaves << g.mantissaBits)));
    code = hn::Min(code, limit); // F4
    const auto negative = hn::BroadcastSignBit(hn::BitCast(i, block[k]));
    if constexpr (twosComplement)
      code = hn::And(hn::Sub(hn::Xor(code, negative), negative), mask);
    else
      code = hn::Or(code, hn::And(negative, signBit));
    hn::StoreU(hn::TruncateTo(b, hn::BitCast(hn::RebindToUnsigned<I>(), code)), b, codes + k * lanes);
  }
  return pattern == 0 ? 0 : constants.scale - g.minScale; // F1
}

/// Values of the codes of one block. False when they are the fallback's.
template <bool octaves, bool twosComplement, int lines>
HWY_INLINE bool decodeBlock(const CodecConstants &g, const uint8_t *codes, int32_t scaleCode, float *y) {
  const F f;
  const I i;
  const B b;
  const int32_t scale = scaleCode + g.minScale;
  // Of the lowest octave's step, and of the octave itself.
  const int32_t step = scale + g.table->grid.lowestOctave - g.mantissaBits + 127, lowest = step + g.mantissaBits;
  const int32_t highest = scale + g.table->grid.elementExponent + 127;
  // Small floats may go on below fp32's normal numbers, as long as no element of the block does.
  const bool deep = step < 1;
  if (scaleCode >= g.topCode || highest < 1 || highest > 254 || (deep && (twosComplement || !octaves)))
    return false;
  const auto unit = hn::BitCast(f, hn::Set(i, std::max(step, 1) * (1 << 23)));
  const auto signBit = hn::Set(i, 1 << (g.bits - 1));
  auto most = hn::Zero(i);
  auto good = hn::Eq(most, most);
  const auto decode = [&](const uint8_t *in) {
    const auto code = hn::PromoteTo(i, hn::LoadU(b, in));
    if constexpr (twosComplement) {
      const auto value = hn::Sub(hn::Xor(code, signBit), signBit);
      return hn::Mul(hn::ConvertTo(f, value), unit);
    } else {
      const auto sign = hn::ShiftLeftSame(hn::And(code, signBit), 32 - g.bits);
      const auto magnitude = hn::AndNot(signBit, code);
      most = hn::Max(most, magnitude);
      const auto moved = hn::ShiftLeftSame(magnitude, 23 - g.mantissaBits);
      // Field 1 stands for the lowest octave: what is above it, and what has no leading one.
      const auto normal = hn::Add(moved, hn::Set(i, (lowest - 1) * (1 << 23)));
      const auto isNormal = hn::Gt(magnitude, hn::Set(i, (1 << g.mantissaBits) - 1));
      if (deep) {
        const auto isZero = hn::Eq(magnitude, hn::Zero(i));
        good = hn::And(good, hn::Or(isZero, hn::And(isNormal, hn::Gt(normal, hn::Set(i, 0x7FFFFF)))));
        return hn::Or(hn::BitCast(f, hn::IfThenZeroElse(isZero, normal)), hn::BitCast(f, sign));
      }
      const auto subnormal = hn::Mul(hn::ConvertTo(f, magnitude), unit);
      const auto value = hn::IfThenElse(hn::RebindMask(f, isNormal), hn::BitCast(f, normal), subnormal);
      return hn::Or(value, hn::BitCast(f, sign));
    }
  };
  for (size_t k = 0; k < lines * lineColumns / lanes; ++k)
    hn::StoreU(decode(codes + k * lanes), f, y + k * lanes);
  return hn::AllTrue(i, good) &&
         hn::AllFalse(i, hn::Gt(most, hn::Set(i, static_cast<int32_t>(g.limitCode)))); // NaN and infinity
}

/// One row. Scales go to and come from `scales`; blocks that are the fallback's get -1. `codes` has room for the row in
/// whole batches. What the edge leaves of a block is one with zeros behind it.
template <bool octaves, bool twosComplement, int lines>
void encodeRow(const CodecConstants &g, const float *x, int64_t cols, uint8_t *codes, uint8_t *bytes, int32_t *scales) {
  constexpr int64_t width = lines * lineColumns;
  uint8_t *out = g.bits == 8 ? bytes : codes;
  int64_t c = 0;
  for (; c + width <= cols; c += width) {
    for (int64_t line = 0; line < lines; ++line)
      hwy::Prefetch(x + c + ahead + line * lineColumns);
    *scales++ = encodeBlock<octaves, twosComplement, lines>(g, x + c, out + c);
  }
  if (c < cols) {
    HWY_ALIGN float edge[width] = {};
    HWY_ALIGN uint8_t last[width];
    std::memcpy(edge, x + c, static_cast<size_t>(cols - c) * sizeof(float));
    *scales = encodeBlock<octaves, twosComplement, lines>(g, edge, last);
    std::memcpy(out + c, last, static_cast<size_t>(cols - c));
  }
  if (g.bits < 8)
    packers[g.bits](codes, cols, bytes);
}

template <bool octaves, bool twosComplement, int lines>
void decodeRow(const CodecConstants &g, const uint8_t *bytes, int64_t cols, uint8_t *codes, int32_t *scales, float *y) {
  constexpr int64_t width = lines * lineColumns;
  if (g.bits < 8)
    unpackers[g.bits](bytes, cols, codes);
  const uint8_t *in = g.bits == 8 ? bytes : codes;
  int64_t c = 0;
  for (; c + width <= cols; c += width, ++scales)
    if (!decodeBlock<octaves, twosComplement, lines>(g, in + c, *scales, y + c))
      *scales = -1;
  if (c < cols) {
    HWY_ALIGN uint8_t last[width] = {};
    HWY_ALIGN float edge[width];
    std::memcpy(last, in + c, static_cast<size_t>(cols - c));
    if (!decodeBlock<octaves, twosComplement, lines>(g, last, *scales, edge))
      *scales = -1;
    std::memcpy(y + c, edge, static_cast<size_t>(cols - c) * sizeof(float));
  }
}

template <int lines>
void encodeLines(const CodecConstants &g, const float *x, int64_t cols, uint8_t *codes, uint8_t *bytes,
                 int32_t *scales) {
  const auto row = g.twosComplement ? encodeRow<false, true, lines>
                   : g.octaves      ? encodeRow<true, false, lines>
                                    : encodeRow<false, false, lines>;
  row(g, x, cols, codes, bytes, scales);
}

template <int lines>
void decodeLines(const CodecConstants &g, const uint8_t *bytes, int64_t cols, uint8_t *codes, int32_t *scales,
                 float *y) {
  const auto row = g.twosComplement ? decodeRow<false, true, lines>
                   : g.octaves      ? decodeRow<true, false, lines>
                                    : decodeRow<false, false, lines>;
  row(g, bytes, cols, codes, scales, y);
}

void encodeAnyRow(const CodecConstants &g, int64_t blockCols, const float *x, int64_t cols, uint8_t *codes,
                  uint8_t *bytes, int32_t *scales) {
  const auto row = blockCols == lineColumns       ? encodeLines<1>
                   : blockCols == 2 * lineColumns ? encodeLines<2>
                                                  : encodeLines<4>;
  row(g, x, cols, codes, bytes, scales);
}

void decodeAnyRow(const CodecConstants &g, int64_t blockCols, const uint8_t *bytes, int64_t cols, uint8_t *codes,
                  int32_t *scales, float *y) {
  const auto row = blockCols == lineColumns       ? decodeLines<1>
                   : blockCols == 2 * lineColumns ? decodeLines<2>
                                                  : decodeLines<4>;
  row(g, bytes, cols, codes, scales, y);
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(encodeAnyRow);
HWY_EXPORT(decodeAnyRow);

namespace {

/// Rows that one piece of parallel work has: rows with narrow scales share bytes, so there is one piece then.
int64_t rowsOf(const EncodedMatrix &x) {
  constexpr int64_t pieceElements = 1 << 16;
  if (x.scales.width() != 8)
    return std::max<int64_t>(x.rows, 1);
  return std::max<int64_t>(pieceElements / std::max<int64_t>(x.cols, 1), 1);
}

template <class Work>
void forRows(const EncodedMatrix &x, const Work &work) {
  const int64_t each = rowsOf(x);
  parallelFor((x.rows + each - 1) / each, [&](int64_t piece) {
    std::vector<int32_t> scales(static_cast<size_t>(x.blocksPerRow()));
    std::vector<uint8_t> codes(static_cast<size_t>((x.cols + batch - 1) / batch * batch));
    for (int64_t r = piece * each; r < std::min((piece + 1) * each, x.rows); ++r)
      work(r, scales, codes);
  });
}

} // namespace

bool gridCodecTakes(const GridCodec &codec, int64_t cols) {
  const BlockShape block = codec.format.block;
  return gridKernelTakes(codec.format) && codec.bits <= 8 && block.rows == 1 && block.cols % lineColumns == 0 &&
         (block.cols == lineColumns || block.cols == 2 * lineColumns || block.cols == 4 * lineColumns) && cols % 8 == 0;
}

void gridEncode(const GridCodec &codec, const BlockFallback &fallback, ConstMatrixView x, EncodedMatrix &result) {
  const CodecConstants constants = constantsOf(codec);
  const auto kernel = HWY_DYNAMIC_DISPATCH(encodeAnyRow);
  const int64_t blockCols = codec.format.block.cols, rowBytes = x.cols * codec.bits / 8;
  forRows(result, [&](int64_t r, std::vector<int32_t> &scales, std::vector<uint8_t> &codes) {
    kernel(constants, blockCols, x.row(r), x.cols, codes.data(), result.elements.data() + r * rowBytes, scales.data());
    const int64_t blocks = result.blocksPerRow();
    for (int64_t b = 0; b < blocks; ++b)
      if (const int32_t scale = scales[static_cast<size_t>(b)]; scale < 0)
        fallback(r, b * blockCols, std::min(blockCols, x.cols - b * blockCols));
      else if (result.scales.width() == 8)
        result.scales.data()[r * blocks + b] = static_cast<uint8_t>(scale);
      else
        result.scales.set(r * blocks + b, static_cast<uint32_t>(scale));
  });
}

void gridDecode(const GridCodec &codec, const BlockFallback &fallback, const EncodedMatrix &x, MatrixView y) {
  const CodecConstants constants = constantsOf(codec);
  const auto kernel = HWY_DYNAMIC_DISPATCH(decodeAnyRow);
  const int64_t blockCols = codec.format.block.cols, rowBytes = x.cols * codec.bits / 8;
  forRows(x, [&](int64_t r, std::vector<int32_t> &scales, std::vector<uint8_t> &codes) {
    const int64_t blocks = x.blocksPerRow();
    for (int64_t b = 0; b < blocks; ++b)
      scales[static_cast<size_t>(b)] =
          static_cast<int32_t>(x.scales.width() == 8 ? x.scales.data()[r * blocks + b] : x.scales.get(r * blocks + b));
    kernel(constants, blockCols, x.elements.data() + r * rowBytes, x.cols, codes.data(), scales.data(), y.row(r));
    for (int64_t b = 0; b < blocks; ++b)
      if (scales[static_cast<size_t>(b)] < 0)
        fallback(r, b * blockCols, std::min(blockCols, x.cols - b * blockCols));
  });
}

} // namespace mase
#endif
