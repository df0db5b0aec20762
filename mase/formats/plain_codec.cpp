// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/plain_codec.h"

#include "mase/formats/code_rows.h"
#include "mase/formats/grid_block.h"
#include "mase/support/parallel.h"

#include <cstring>

#ifndef MASE_PLAIN_CODEC_CONSTANTS
#define MASE_PLAIN_CODEC_CONSTANTS
namespace mase {

/// A format as the kernels need it.
struct PlainCodec {
  int bits;
  bool isInteger, stream;
  // Integers.
  float toWhole, step;
  // Floats.
  int32_t dropped;  // bits of fp32's mantissa
  int32_t lowest;   // pattern of the smallest normal number; 0 where subnormals are those of fp32
  int32_t bias;     // what patterns of numbers lie above their codes, moved
  int32_t infinity; // code
  float toSteps, unit;
};

} // namespace mase
#endif

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/formats/plain_codec.cpp"
// foreach_target.h comes first, whatever the alphabet says.
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/cache_control.h>
#include <hwy/highway.h>
#include "mase/formats/nearest-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {

/// The bits of codes of represented values.
template <bool isInteger>
HWY_INLINE hn::Vec<I> plainCodes(const PlainCodec &g, hn::Vec<F> v) {
  const F f;
  const I i;
  if constexpr (isInteger) {
    const auto whole = hn::ConvertTo(i, hn::Round(hn::Mul(v, hn::Set(f, g.toWhole))));
    const auto mask = hn::Set(i, (1 << g.bits) - 1);
    return hn::IfThenElseZero(hn::RebindMask(i, hn::Eq(v, v)), hn::And(whole, mask));
  } else {
    const auto magnitude = hn::Abs(v);
    const auto pattern = hn::BitCast(i, magnitude), lowest = hn::Set(i, g.lowest);
    const auto normal = hn::ShiftRightSame(hn::Sub(pattern, hn::Set(i, g.bias)), g.dropped);
    const auto subnormal = hn::ConvertTo(i, hn::Mul(magnitude, hn::Set(f, g.toSteps)));
    const auto number = hn::IfThenElse(hn::Gt(lowest, pattern), subnormal, normal);
    const auto infinity = hn::Set(i, g.infinity), top = hn::Set(i, static_cast<int32_t>(exponentMask));
    const auto sign = hn::ShiftLeftSame(hn::ShiftRight<31>(hn::BitCast(hn::RebindToUnsigned<I>(), v)), g.bits - 1);
    const auto code = hn::Or(hn::IfThenElse(hn::Eq(pattern, top), infinity, number), hn::BitCast(i, sign));
    return hn::IfThenElse(hn::Gt(pattern, top), hn::Add(infinity, hn::Set(i, 1)), code);
  }
}

template <bool isInteger>
HWY_INLINE hn::Vec<F> plainValues(const PlainCodec &g, hn::Vec<I> code) {
  const F f;
  const I i;
  const auto signBit = hn::Set(i, static_cast<int32_t>(1U << (g.bits - 1)));
  if constexpr (isInteger) {
    return hn::Mul(hn::ConvertTo(f, hn::Sub(hn::Xor(code, signBit), signBit)), hn::Set(f, g.step));
  } else {
    const auto sign = hn::ShiftLeftSame(hn::And(code, signBit), 32 - g.bits);
    const auto magnitude = hn::AndNot(signBit, code), infinity = hn::Set(i, g.infinity);
    const auto normal = hn::Add(hn::ShiftLeftSame(magnitude, g.dropped), hn::Set(i, g.bias));
    const auto subnormal = hn::Mul(hn::ConvertTo(f, magnitude), hn::Set(f, g.unit));
    const auto isSubnormal = hn::Gt(hn::Set(i, g.lowest), normal);
    const auto number = hn::IfThenElse(hn::RebindMask(f, isSubnormal), subnormal, hn::BitCast(f, normal));
    const auto isSpecial = hn::Gt(magnitude, hn::Sub(infinity, hn::Set(i, 1)));
    const auto special = hn::IfThenElse(hn::RebindMask(f, hn::Gt(magnitude, infinity)), hn::NaN(f), hn::Inf(f));
    return hn::Or(hn::IfThenElse(hn::RebindMask(f, isSpecial), special, number), hn::BitCast(f, sign));
  }
}

/// Codes between vectors and memory, as wide as they lie there.
template <class Code>
HWY_INLINE void storeCodes(hn::Vec<I> code, Code *to) {
  if constexpr (sizeof(Code) == 4) {
    hn::StoreU(code, I(), reinterpret_cast<int32_t *>(to));
  } else {
    const hn::Rebind<Code, F> narrow;
    hn::StoreU(hn::TruncateTo(narrow, hn::BitCast(hn::RebindToUnsigned<I>(), code)), narrow, to);
  }
}

template <class Code>
HWY_INLINE hn::Vec<I> loadCodes(const Code *from) {
  if constexpr (sizeof(Code) == 4)
    return hn::LoadU(I(), reinterpret_cast<const int32_t *>(from));
  else
    return hn::PromoteTo(I(), hn::LoadU(hn::Rebind<Code, F>(), from));
}

template <bool isInteger, class Code>
HWY_INLINE void plainCodesOfRow(const PlainCodec &g, const float *values, int64_t cols, Code *codes) {
  constexpr auto step = static_cast<int64_t>(lanes);
  int64_t c = 0;
  for (; c + step <= cols; c += step)
    storeCodes(plainCodes<isInteger>(g, hn::LoadU(F(), values + c)), codes + c);
  if (c == cols)
    return;
  HWY_ALIGN float edge[lanes] = {};
  HWY_ALIGN Code last[lanes];
  std::memcpy(edge, values + c, static_cast<size_t>(cols - c) * sizeof(float));
  storeCodes(plainCodes<isInteger>(g, hn::Load(F(), edge)), last);
  std::memcpy(codes + c, last, static_cast<size_t>(cols - c) * sizeof(Code));
}

template <bool isInteger, class Code>
HWY_INLINE void plainValuesOfRow(const PlainCodec &g, const Code *codes, float *y, int64_t cols) {
  constexpr auto step = static_cast<int64_t>(lanes);
  int64_t c = 0;
  for (; c + step <= cols; c += step) {
    const auto value = plainValues<isInteger>(g, loadCodes(codes + c));
    if (g.stream)
      hn::Stream(value, F(), y + c);
    else
      hn::StoreU(value, F(), y + c);
  }
  if (c == cols)
    return;
  HWY_ALIGN Code last[lanes] = {};
  HWY_ALIGN float edge[lanes];
  std::memcpy(last, codes + c, static_cast<size_t>(cols - c) * sizeof(Code));
  hn::Store(plainValues<isInteger>(g, loadCodes(last)), F(), edge);
  std::memcpy(y + c, edge, static_cast<size_t>(cols - c) * sizeof(float));
}

template <class Code>
HWY_INLINE void encodeAs(const PlainCodec &g, const float *values, int64_t cols, void *codes) {
  if (g.isInteger)
    plainCodesOfRow<true>(g, values, cols, static_cast<Code *>(codes));
  else
    plainCodesOfRow<false>(g, values, cols, static_cast<Code *>(codes));
}

template <class Code>
HWY_INLINE void decodeAs(const PlainCodec &g, const void *codes, float *y, int64_t cols) {
  if (g.isInteger)
    plainValuesOfRow<true>(g, static_cast<const Code *>(codes), y, cols);
  else
    plainValuesOfRow<false>(g, static_cast<const Code *>(codes), y, cols);
}

void encodePlainRow(const PlainCodec &g, const float *values, int64_t cols, void *codes) {
  if (g.bits <= 8)
    encodeAs<uint8_t>(g, values, cols, codes);
  else if (g.bits <= 16)
    encodeAs<uint16_t>(g, values, cols, codes);
  else
    encodeAs<uint32_t>(g, values, cols, codes);
}

void decodePlainRow(const PlainCodec &g, const void *codes, float *y, int64_t cols) {
  if (g.bits <= 8)
    decodeAs<uint8_t>(g, codes, y, cols);
  else if (g.bits <= 16)
    decodeAs<uint16_t>(g, codes, y, cols);
  else
    decodeAs<uint32_t>(g, codes, y, cols);
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(encodePlainRow);
HWY_EXPORT(decodePlainRow);

namespace {

constexpr int64_t pieceElements = 1 << 16;

PlainCodec integers(float step, int bits) {
  PlainCodec g = {};
  g.bits = bits;
  g.isInteger = true;
  g.toWhole = 1 / step;
  g.step = step;
  return g;
}

PlainCodec floats(const PlainFloat &format, int bits) {
  PlainCodec g = {};
  g.bits = bits;
  g.dropped = 23 - format.mantissaBits;
  g.bias = (format.minExponent + 126) * (1 << 23); // field 1 is the lowest octave
  g.lowest = g.bias == 0 ? 0 : g.bias + (1 << 23);
  g.infinity = ((1 << (bits - 1 - format.mantissaBits)) - 1) << format.mantissaBits;
  g.toSteps = std::ldexp(1.0F, std::min(format.mantissaBits - format.minExponent, 127));
  g.unit = std::ldexp(1.0F, format.minExponent - format.mantissaBits);
  return g;
}

void encodeRows(const PlainCodec &g, const QuantizeRows &quantize, ConstMatrixView x, EncodedMatrix &result) {
  const auto kernel = HWY_DYNAMIC_DISPATCH(encodePlainRow);
  const int64_t each = (pieceElements / std::max<int64_t>(x.cols, 1) + 8) / 8 * 8; // pieces begin on a byte
  parallelFor((x.rows + each - 1) / each, [&](int64_t piece) {
    std::vector<float> values(static_cast<size_t>(x.cols));
    CodeWriter writer(result.elements, piece * each * x.cols);
    for (int64_t r = piece * each; r < std::min((piece + 1) * each, x.rows); ++r) {
      quantize({x.row(r), 1, x.cols, x.stride}, {values.data(), 1, x.cols});
      kernel(g, values.data(), x.cols, writer.room<uint8_t>(x.cols));
      writer.done(x.cols);
    }
    writer.finish();
  });
}

void decodeRows(PlainCodec g, const EncodedMatrix &x, MatrixView y) {
  const auto kernel = HWY_DYNAMIC_DISPATCH(decodePlainRow);
  g.stream = goesPastCaches({nullptr, y.rows, y.cols}, y);
  const int64_t each = std::max<int64_t>(pieceElements / std::max<int64_t>(x.cols, 1), 1);
  parallelFor((x.rows + each - 1) / each, [&](int64_t piece) {
    CodeReader reader(x.elements);
    for (int64_t r = piece * each; r < std::min((piece + 1) * each, x.rows); ++r)
      kernel(g, reader.read<uint8_t>(r * x.cols, x.cols), y.row(r), x.cols);
    hwy::FlushStream();
  });
}

} // namespace

void plainFloatEncode(const PlainFloat &format, const QuantizeRows &quantize, ConstMatrixView x,
                      EncodedMatrix &result) {
  encodeRows(floats(format, result.elements.width()), quantize, x, result);
}

void plainFloatDecode(const PlainFloat &format, const EncodedMatrix &x, MatrixView y) {
  decodeRows(floats(format, x.elements.width()), x, y);
}

void plainIntegerEncode(float step, const QuantizeRows &quantize, ConstMatrixView x, EncodedMatrix &result) {
  encodeRows(integers(step, result.elements.width()), quantize, x, result);
}

void plainIntegerDecode(float step, const EncodedMatrix &x, MatrixView y) {
  decodeRows(integers(step, x.elements.width()), x, y);
}

} // namespace mase
#endif
