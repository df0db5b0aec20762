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
  GridConstants grid;
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
  constants.grid = constantsOf(codec.format);
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

/// Draws together codes of `bits` bits, one a byte: 8 * bits bits from the lowest one of each word.
template <class V>
HWY_INLINE V squeeze(V x, int bits) {
  const W w;
  const auto step = [&](V v, int width, int gap, uint64_t low) { // pieces of `width` bits, `gap` apart, to pairs
    const V lower = hn::And(v, hn::Set(w, low)), upper = hn::AndNot(hn::Set(w, low), v);
    return hn::Or(lower, hn::ShiftRightSame(upper, gap - width));
  };
  const uint64_t one = (uint64_t{1} << bits) - 1, two = (uint64_t{1} << 2 * bits) - 1,
                 four = bits == 8 ? 0xFFFFFFFF : (uint64_t{1} << 4 * bits) - 1;
  x = step(x, bits, 8, one * 0x0001000100010001);
  x = step(x, 2 * bits, 16, two * 0x0000000100000001);
  return step(x, 4 * bits, 32, four);
}

/// The way back.
template <class V>
HWY_INLINE V spread(V x, int bits) {
  const W w;
  const auto step = [&](V v, int width, int gap, uint64_t low, uint64_t all) {
    const V moved = hn::And(hn::ShiftLeftSame(v, gap - width), hn::Set(w, all & ~low));
    return hn::Or(hn::And(v, hn::Set(w, low)), moved);
  };
  const uint64_t one = (uint64_t{1} << bits) - 1, two = (uint64_t{1} << 2 * bits) - 1,
                 four = bits == 8 ? 0xFFFFFFFF : (uint64_t{1} << 4 * bits) - 1;
  x = step(x, 4 * bits, 32, four, four * 0x0000000100000001);
  x = step(x, 2 * bits, 16, two * 0x0000000100000001, two * 0x0001000100010001);
  return step(x, bits, 8, one * 0x0001000100010001, one * 0x0101010101010101);
}

/// `count` codes (at most a batch, a multiple of 8), one a byte, to bytes[count * bits / 8]. `codes` has room for a
/// batch.
HWY_INLINE void packBytes(const uint8_t *codes, int64_t count, int bits, uint8_t *bytes) {
  const W w;
  HWY_ALIGN uint64_t packed[batch / 8 + 1];
  for (size_t k = 0; k < batch / 8; k += words)
    hn::Store(squeeze(hn::LoadU(w, reinterpret_cast<const uint64_t *>(codes) + k), bits), w, packed + k);
  // Each store writes some bytes too many, which the next one overwrites; the last one writes exactly.
  const int64_t groups = count / 8;
  for (int64_t k = 0; k + 1 < groups; ++k)
    std::memcpy(bytes + k * bits, packed + k, k * bits + 8 <= groups * bits ? 8 : static_cast<size_t>(bits));
  std::memcpy(bytes + (groups - 1) * bits, packed + groups - 1, static_cast<size_t>(bits));
}

/// The way back.
HWY_INLINE void unpackBytes(const uint8_t *bytes, int64_t count, int bits, uint8_t *codes) {
  const W w;
  HWY_ALIGN uint64_t packed[batch / 8] = {};
  const int64_t groups = count / 8;
  for (int64_t k = 0; k < groups; ++k)
    std::memcpy(packed + k, bytes + k * bits, k * bits + 8 <= groups * bits ? 8 : static_cast<size_t>(bits));
  for (size_t k = 0; k < batch / 8; k += words)
    hn::StoreU(spread(hn::Load(w, packed + k), bits), w, reinterpret_cast<uint64_t *>(codes) + k);
}

/// Codes of one block of `cols` columns (a multiple of a line, or cut by the edge to a multiple of 8), one a byte. The
/// scale's code as the result, or -1 when the block is the fallback's.
template <bool octaves, bool twosComplement>
int32_t encodeBlock(const CodecConstants &g, const float *x, int64_t cols, uint8_t *codes) {
  const F f;
  const I i;
  const B b;
  HWY_ALIGN float edge[lineColumns] = {};
  const int64_t whole = cols - cols % lineColumns;
  auto largest = hn::Zero(i);
  for (int64_t c = 0; c < whole; c += static_cast<int64_t>(lanes))
    largest = hn::Max(largest, hn::BitCast(i, hn::Abs(hn::LoadU(f, x + c))));
  if (whole < cols) {
    std::memcpy(edge, x + whole, static_cast<size_t>(cols - whole) * sizeof(float));
    for (int64_t c = 0; c < lineColumns; c += static_cast<int64_t>(lanes))
      largest = hn::Max(largest, hn::BitCast(i, hn::Abs(hn::Load(f, edge + c))));
  }
  const auto pattern = static_cast<uint32_t>(hn::GetLane(hn::MaxOfLanes(i, largest)));
  BlockConstants block;
  if (!constantsOf(g.grid, pattern, block) || block.isDeep)
    return -1;
  const auto lowest = hn::Set(i, static_cast<int32_t>(block.lowest));
  const auto shift = hn::Set(i, g.grid.magicShift * (1 << 23));
  const auto limit = hn::Set(i, static_cast<int32_t>(g.limitCode));
  const auto signBit = hn::Set(i, 1 << (g.bits - 1)), mask = hn::Set(i, (1 << g.bits) - 1);
  const auto encode = [&](auto v, uint8_t *out) {
    const auto magnitude = hn::Abs(v);
    auto octave = lowest;
    if constexpr (octaves)
      octave = hn::Max(hn::And(hn::BitCast(i, magnitude), hn::Set(i, static_cast<int32_t>(exponentMask))), lowest);
    const auto magic = hn::Add(octave, shift);
    auto code = hn::Sub(hn::BitCast(i, hn::Add(magnitude, hn::BitCast(f, magic))), magic);
    if constexpr (octaves)
      code = hn::Add(code, hn::ShiftRightSame(hn::Sub(octave, lowest), 23 - g.mantissaBits));
    code = hn::Min(code, limit); // F4
    const auto negative = hn::BroadcastSignBit(hn::BitCast(i, v));
    if constexpr (twosComplement)
      code = hn::And(hn::Sub(hn::Xor(code, negative), negative), mask);
    else
      code = hn::Or(code, hn::And(negative, signBit));
    hn::StoreU(hn::DemoteTo(b, code), b, out);
  };
  for (int64_t c = 0; c < whole; c += static_cast<int64_t>(lanes))
    encode(hn::LoadU(f, x + c), codes + c);
  if (whole < cols) {
    HWY_ALIGN uint8_t tail[lineColumns];
    for (int64_t c = 0; c < lineColumns; c += static_cast<int64_t>(lanes))
      encode(hn::Load(f, edge + c), tail + c);
    std::memcpy(codes + whole, tail, static_cast<size_t>(cols - whole));
  }
  return pattern == 0 ? 0 : block.scale - g.grid.minScale; // F1
}

/// Values of `cols` codes of one block. False when they are the fallback's.
template <bool octaves, bool twosComplement>
bool decodeBlock(const CodecConstants &g, const uint8_t *codes, int64_t cols, int32_t scaleCode, float *y) {
  const F f;
  const I i;
  const B b;
  const int32_t scale = scaleCode + g.grid.minScale;
  // Of the lowest octave's step, and of the octave itself.
  const int32_t step = scale + g.grid.lowestOctave - g.mantissaBits + 127, lowest = step + g.mantissaBits;
  const int32_t highest = scale + g.grid.elementExponent + 127;
  if (scaleCode >= g.topCode || step < 1 || highest > 254)
    return false;
  const auto unit = hn::BitCast(f, hn::Set(i, step << 23));
  const auto signBit = hn::Set(i, 1 << (g.bits - 1));
  auto most = hn::Zero(i);
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
      const auto normal = hn::Add(moved, hn::Set(i, (lowest - 1) << 23));
      const auto subnormal = hn::Mul(hn::ConvertTo(f, magnitude), unit);
      const auto isNormal = hn::Gt(magnitude, hn::Set(i, (1 << g.mantissaBits) - 1));
      const auto value = hn::IfThenElse(hn::RebindMask(f, isNormal), hn::BitCast(f, normal), subnormal);
      return hn::Or(value, hn::BitCast(f, sign));
    }
  };
  const int64_t whole = cols - cols % lineColumns;
  for (int64_t c = 0; c < whole; c += static_cast<int64_t>(lanes))
    hn::StoreU(decode(codes + c), f, y + c);
  if (whole < cols) {
    HWY_ALIGN uint8_t in[lineColumns] = {};
    HWY_ALIGN float out[lineColumns];
    std::memcpy(in, codes + whole, static_cast<size_t>(cols - whole));
    for (int64_t c = 0; c < lineColumns; c += static_cast<int64_t>(lanes))
      hn::Store(decode(in + c), f, out + c);
    std::memcpy(y + whole, out, static_cast<size_t>(cols - whole) * sizeof(float));
  }
  return hn::AllFalse(i, hn::Gt(most, hn::Set(i, static_cast<int32_t>(g.limitCode)))); // NaN and infinity
}

/// One row. Scales go to and come from `scales`, one an int32; blocks that are the fallback's get -1.
template <bool octaves, bool twosComplement>
void encodeRow(const CodecConstants &g, int64_t blockCols, const float *x, int64_t cols, uint8_t *bytes,
               int32_t *scales) {
  HWY_ALIGN uint8_t codes[batch] = {};
  int64_t first = 0, filled = 0; // codes that wait
  const auto flush = [&] {
    if (filled > 0)
      packBytes(codes, filled, g.bits, bytes + first * g.bits / 8);
    first += filled;
    filled = 0;
  };
  for (int64_t c = 0; c < cols; c += blockCols) {
    const int64_t width = std::min(blockCols, cols - c);
    if (width <= batch) {
      if (filled + width > batch)
        flush();
      hwy::Prefetch(x + c + ahead);
      hwy::Prefetch(x + c + ahead + lineColumns);
      *scales = encodeBlock<octaves, twosComplement>(g, x + c, width, codes + filled);
      filled += width;
    } else { // in parts, under the scale of the whole
      *scales = -1;
      flush();
      first += width;
    }
    ++scales;
  }
  flush();
}

template <bool octaves, bool twosComplement>
void decodeRow(const CodecConstants &g, int64_t blockCols, const uint8_t *bytes, int64_t cols, int32_t *scales,
               float *y) {
  HWY_ALIGN uint8_t codes[batch];
  const int64_t perBatch = blockCols < batch ? batch / blockCols * blockCols : batch;
  for (int64_t c = 0; c < cols; c += perBatch) {
    const int64_t width = std::min(perBatch, cols - c);
    unpackBytes(bytes + c * g.bits / 8, width, g.bits, codes);
    for (int64_t k = 0; k < width;) {
      const int64_t part = std::min({blockCols - (c + k) % blockCols, width - k});
      int32_t &scale = scales[(c + k) / blockCols];
      if (scale >= 0 && !decodeBlock<octaves, twosComplement>(g, codes + k, part, scale, y + c + k))
        scale = -1;
      k += part;
    }
  }
}

void encodeAnyRow(const CodecConstants &g, int64_t blockCols, const float *x, int64_t cols, uint8_t *bytes,
                  int32_t *scales) {
  const auto row = g.twosComplement ? encodeRow<false, true>
                   : g.octaves      ? encodeRow<true, false>
                                    : encodeRow<false, false>;
  row(g, blockCols, x, cols, bytes, scales);
}

void decodeAnyRow(const CodecConstants &g, int64_t blockCols, const uint8_t *bytes, int64_t cols, int32_t *scales,
                  float *y) {
  const auto row = g.twosComplement ? decodeRow<false, true>
                   : g.octaves      ? decodeRow<true, false>
                                    : decodeRow<false, false>;
  row(g, blockCols, bytes, cols, scales, y);
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
    for (int64_t r = piece * each; r < std::min((piece + 1) * each, x.rows); ++r)
      work(r, scales);
  });
}

} // namespace

bool gridCodecTakes(const GridCodec &codec, int64_t cols) {
  const BlockShape block = codec.format.block;
  return gridKernelTakes(codec.format) && codec.bits <= 8 && block.rows == 1 && block.cols % lineColumns == 0 &&
         block.cols <= batch && cols % 8 == 0;
}

void gridEncode(const GridCodec &codec, const BlockFallback &fallback, ConstMatrixView x, EncodedMatrix &result) {
  const CodecConstants constants = constantsOf(codec);
  const auto kernel = HWY_DYNAMIC_DISPATCH(encodeAnyRow);
  const int64_t blockCols = codec.format.block.cols, rowBytes = x.cols * codec.bits / 8;
  forRows(result, [&](int64_t r, std::vector<int32_t> &scales) {
    kernel(constants, blockCols, x.row(r), x.cols, result.elements.data() + r * rowBytes, scales.data());
    for (int64_t b = 0; b < result.blocksPerRow(); ++b)
      if (scales[static_cast<size_t>(b)] >= 0)
        result.scales.set(r * result.blocksPerRow() + b, static_cast<uint32_t>(scales[static_cast<size_t>(b)]));
      else
        fallback(r, b * blockCols, std::min(blockCols, x.cols - b * blockCols));
  });
}

void gridDecode(const GridCodec &codec, const BlockFallback &fallback, const EncodedMatrix &x, MatrixView y) {
  const CodecConstants constants = constantsOf(codec);
  const auto kernel = HWY_DYNAMIC_DISPATCH(decodeAnyRow);
  const int64_t blockCols = codec.format.block.cols, rowBytes = x.cols * codec.bits / 8;
  forRows(x, [&](int64_t r, std::vector<int32_t> &scales) {
    for (int64_t b = 0; b < x.blocksPerRow(); ++b)
      scales[static_cast<size_t>(b)] = static_cast<int32_t>(x.scales.get(r * x.blocksPerRow() + b));
    kernel(constants, blockCols, x.elements.data() + r * rowBytes, x.cols, scales.data(), y.row(r));
    for (int64_t b = 0; b < x.blocksPerRow(); ++b)
      if (scales[static_cast<size_t>(b)] < 0)
        fallback(r, b * blockCols, std::min(blockCols, x.cols - b * blockCols));
  });
}

} // namespace mase
#endif
