// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Encoding: as grid_kernel.cpp rounds by adding C, the sum's bits less those of C are the significand; the octave above
// the lowest one is the exponent field. Decoding: an element's bits, moved to where fp32 has them, are its value but
// for a constant exponent; subnormal elements lose the leading one that they do not have.

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
#include "mase/formats/packing-inl.h"
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
constexpr size_t lanes = hn::MaxLanes(F());

/// Whether one of the numbers is subnormal and not zero.
template <class V>
HWY_INLINE bool hasSubnormals(V x) {
  const I i;
  const auto magnitude = hn::BitCast(i, hn::Abs(x));
  const auto isSmall = hn::Gt(hn::Set(i, 1 << 23), magnitude);
  return !hn::AllFalse(i, hn::And(isSmall, hn::Gt(magnitude, hn::Zero(i))));
}

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
