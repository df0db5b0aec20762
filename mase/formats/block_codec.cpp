// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/block_codec.h"

#include "mase/formats/code_rows.h"
#include "mase/formats/largest.h"
#include "mase/support/parallel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/formats/block_codec.cpp"
// foreach_target.h comes first, whatever the alphabet says.
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/cache_control.h>
#include <hwy/highway.h>
#include "mase/formats/block_elements-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {

template <class Code>
struct CodeSink {
  Code *codes;

  template <class Rounder, class V>
  HWY_INLINE auto narrow(const Rounder &rounder, V x, V scale, V inverse) const {
    const auto code = hn::BitCast(hn::RebindToUnsigned<I>(), rounder.code(x, scale, inverse));
    return hn::TruncateTo(hn::Rebind<Code, F>(), code);
  }

  template <class Rounder, class V>
  HWY_INLINE void put(const Rounder &rounder, V x, V scale, V inverse, int64_t c) const {
    hn::StoreU(narrow(rounder, x, scale, inverse), hn::Rebind<Code, F>(), codes + c);
  }

  template <class Rounder, class V>
  HWY_INLINE void putEdge(const Rounder &rounder, V x, V scale, V inverse, int64_t c, int64_t count) const {
    HWY_ALIGN Code edge[lanes];
    hn::StoreU(narrow(rounder, x, scale, inverse), hn::Rebind<Code, F>(), edge);
    std::memcpy(codes + c, edge, static_cast<size_t>(count) * sizeof(Code));
  }
};

void encodeBlockRow(const ElementConstants &g, const SpanScales &s, const float *x, int64_t cols, void *codes) {
  withRounder(g, [&](const auto &rounder) HWY_ATTR {
    if (g.bits <= 8)
      forScaledVectors(CodeSink<uint8_t>{static_cast<uint8_t *>(codes)}, rounder, s, x, cols);
    else
      forScaledVectors(CodeSink<uint16_t>{static_cast<uint16_t *>(codes)}, rounder, s, x, cols);
  });
}

struct IntegerReader {
  const int bits;
  const float step;
  explicit HWY_INLINE IntegerReader(const ElementConstants &g) : bits(g.bits), step(1 / g.toWhole) {}
  HWY_INLINE hn::Vec<F> value(hn::Vec<I> code) const {
    const I i;
    const auto signBit = hn::Set(i, 1 << (bits - 1));
    return hn::Mul(hn::ConvertTo(F(), hn::Sub(hn::Xor(code, signBit), signBit)), hn::Set(F(), step));
  }
};

struct FloatReader {
  const int bits;
  const ScaledConstants grid;
  const int32_t limitCode;
  const float beyondLimit;
  explicit HWY_INLINE FloatReader(const ElementConstants &g)
      : bits(g.bits), grid(g.grid), limitCode(static_cast<int32_t>(g.limitCode)), beyondLimit(g.beyond) {}
  HWY_INLINE hn::Vec<F> value(hn::Vec<I> code) const {
    const F f;
    const I i;
    const auto signBit = hn::Set(i, 1 << (bits - 1)), lowest = hn::Set(i, grid.lowest);
    const auto sign = hn::ShiftLeftSame(hn::And(code, signBit), 32 - bits);
    const auto magnitude = hn::AndNot(signBit, code);
    // Field 1 is the lowest octave; below it there is no leading one.
    const auto normal =
        hn::Add(hn::ShiftLeftSame(magnitude, 23 - grid.stepShift), hn::Sub(lowest, hn::Set(i, 1 << 23)));
    const auto unit = hn::BitCast(f, hn::Sub(lowest, hn::Set(i, grid.stepShift * (1 << 23))));
    const auto subnormal = hn::Mul(hn::ConvertTo(f, magnitude), unit);
    const auto isNormal = hn::Gt(magnitude, hn::Set(i, (1 << grid.stepShift) - 1));
    auto value = hn::IfThenElse(hn::RebindMask(f, isNormal), hn::BitCast(f, normal), subnormal);
    const auto beyond = hn::Set(i, limitCode + 1);
    const auto special =
        hn::IfThenElse(hn::RebindMask(f, hn::Eq(magnitude, beyond)), hn::Set(f, beyondLimit), hn::NaN(f));
    value = hn::IfThenElse(hn::RebindMask(f, hn::Gt(beyond, magnitude)), value, special);
    return hn::Or(value, hn::BitCast(f, sign));
  }
};

template <int levels>
struct TableReader {
  const ElementConstants &g;
  HWY_INLINE hn::Vec<F> value(hn::Vec<I> code) const { return entriesAt<size_t{1} << levels>(g.byCode, code); }
};

template <bool stream, class Code, class Reader>
HWY_INLINE void valuesOfRow(const Reader &from, const SpanScales &spans, const Code *codes, float *y, int64_t cols) {
  const F f;
  const SpanScales s = spans;
  const Reader reader = from;
  const I i;
  const hn::Rebind<Code, F> narrow;
  constexpr auto step = static_cast<int64_t>(lanes);
  const int64_t whole = cols - cols % step;
  const auto put = [&](auto value, float *to) HWY_ATTR {
    if constexpr (stream)
      hn::Stream(value, f, to);
    else
      hn::StoreU(value, f, to);
  };
  const auto valueAt = [&](const Code *from, auto scale)
                           HWY_ATTR { return hn::Mul(reader.value(hn::PromoteTo(i, hn::LoadU(narrow, from))), scale); };
  if (s.blockCols == 0)
    for (int64_t c = 0; c < whole; c += step)
      put(valueAt(codes + c, hn::LoadU(f, s.scale + c)), y + c);
  else
    for (int64_t b = 0, c = 0; c < whole; ++b) {
      const auto scale = hn::Set(f, s.scale[b]);
      for (const int64_t end = std::min(c + s.blockCols, whole); c < end; c += step)
        put(valueAt(codes + c, scale), y + c);
    }
  if (whole == cols)
    return;
  HWY_ALIGN Code last[lanes] = {};
  HWY_ALIGN float edge[lanes];
  std::memcpy(last, codes + whole, static_cast<size_t>(cols - whole) * sizeof(Code));
  const auto scale = s.blockCols == 0 ? hn::LoadU(f, s.scale + whole) : hn::Set(f, s.scale[whole / s.blockCols]);
  hn::Store(valueAt(last, scale), f, edge);
  std::memcpy(y + whole, edge, static_cast<size_t>(cols - whole) * sizeof(float));
}

void decodeBlockRow(const ElementConstants &g, const SpanScales &s, bool stream, const void *codes, float *y,
                    int64_t cols) {
  const auto read = [&](const auto &reader) HWY_ATTR {
    const auto *bytes = static_cast<const uint8_t *>(codes);
    const auto *wide = static_cast<const uint16_t *>(codes);
    if (g.bits <= 8)
      stream ? valuesOfRow<true>(reader, s, bytes, y, cols) : valuesOfRow<false>(reader, s, bytes, y, cols);
    else
      stream ? valuesOfRow<true>(reader, s, wide, y, cols) : valuesOfRow<false>(reader, s, wide, y, cols);
  };
  if (g.twosComplement)
    read(IntegerReader(g));
  else if (!g.isTable && g.bits > 6) // of fewer, all values are a small table
    read(FloatReader(g));
  else if (g.bits <= 4)
    read(TableReader<4>{g});
  else if (g.bits <= 6)
    read(TableReader<6>{g});
  else
    read(TableReader<8>{g});
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(encodeBlockRow);
HWY_EXPORT(decodeBlockRow);

namespace {

/// Codes of scales of up to 8 bits.
void setScales(PackedCodes &scales, const std::vector<uint32_t> &codes) {
  CodeWriter writer(scales, 0);
  const auto count = static_cast<int64_t>(codes.size());
  std::copy(codes.begin(), codes.end(), writer.room<uint8_t>(count));
  writer.done(count);
  writer.finish();
}

template <class Code>
void encodeRows(const BlockKernel &kernel, const PlainBlocks &plain, ConstMatrixView x, EncodedMatrix &result) {
  const bool blocksFirst = kernel.findsBlocksFirst(), byRow = kernel.outer() == OuterScale::row;
  std::vector<int32_t> ofTensor; // largest magnitudes of its blocks
  uint32_t above = 0;
  if (kernel.outer() == OuterScale::tensor)
    above = blocksFirst ? kernel.outerCode(x, ofTensor) : kernel.outerCode(x);
  if (result.outer.count() == 1 && kernel.outer() == OuterScale::tensor)
    result.outer.set(0, above);
  const bool one = kernel.isOneBlock(x) && x.rows > 1;
  ScaleRow shared;
  if (one) {
    std::vector<int32_t> largest = {largestPattern(x, false)};
    kernel.scales().find(largest, above, shared);
  }
  if (!shared.left.empty()) {
    std::vector<uint32_t> codes(static_cast<size_t>(x.rows * x.cols));
    plain.encode(x, above, codes.data());
    CodeWriter writer(result.elements, 0);
    std::copy(codes.begin(), codes.end(), writer.room<Code>(x.rows * x.cols));
    writer.done(x.rows * x.cols);
    writer.finish();
    return result.scales.set(0, shared.code[0]);
  }
  const int64_t rows = one ? 1 : std::min(kernel.block().rows, std::max<int64_t>(x.rows, 1));
  const int64_t blockRows = (x.rows + rows - 1) / rows, blocks = result.blocksPerRow();
  // Where scales share bytes, they are written at the end.
  const int bits = result.scales.width();
  // Where rounding takes little time, what comes next is fetched a piece of each row ahead; else whole rows ahead, as
  // writing 16 rows of codes at a time costs more (measured).
  const bool inParts = rows > 1 && !blocksFirst && !kernel.constants().divides && !kernel.constants().grid.octaves;
  const int64_t width = inParts ? std::max<int64_t>(kernel.partCols(rows, x.cols), 1) : std::max<int64_t>(x.cols, 1);
  std::vector<uint32_t> codesOfScales(static_cast<size_t>(bits == 8 || bits == 32 ? 0 : result.scales.count()));
  if (one)
    result.scales.set(0, shared.code[0]);
  constexpr int64_t pieceElements = 1 << 16;
  // Pieces begin on a byte: 8 rows of blocks.
  const int64_t each = (pieceElements / std::max<int64_t>(rows * x.cols, 1) + 8) / 8 * 8;
  const auto encode = HWY_DYNAMIC_DISPATCH(encodeBlockRow);
  parallelFor((blockRows + each - 1) / each, [&](int64_t piece) {
    CodeWriter writer(result.elements, piece * each * rows * x.cols);
    BlockRowScales scales(kernel);
    std::vector<std::vector<uint32_t>> left;
    std::vector<int32_t> ofRow;
    for (int64_t b = piece * each; b < std::min((piece + 1) * each, blockRows); ++b) {
      const int64_t first = b * rows, count = std::min(rows, x.rows - first);
      const ConstMatrixView part(x.row(first), count, x.cols, x.stride);
      const int32_t *largest = blocksFirst && !byRow ? ofTensor.data() + b * blocks : nullptr;
      uint32_t outer = above;
      if (byRow) {
        outer = blocksFirst ? kernel.outerCode(part, ofRow) : kernel.outerCode(part);
        largest = blocksFirst ? ofRow.data() : nullptr;
        result.outer.set(b, outer);
      }
      Code *codes = writer.room<Code>(count * x.cols);
      for (int64_t c = 0; c < x.cols; c += width) {
        const int64_t cols = std::min(width, x.cols - c);
        const ConstMatrixView piece(part.data + c, count, cols, part.stride);
        left.clear();
        const auto colsOf = [&](int64_t block) {
          return std::min(result.block.cols, cols - block * result.block.cols);
        };
        if (!one) {
          const int64_t place = b * blocks + c / result.block.cols;
          const int64_t some = (cols + result.block.cols - 1) / result.block.cols;
          scales.find(piece, outer, largest);
          if (bits == 8)
            scales.copyCodes(some, result.scales.data() + place);
          else if (bits == 32)
            scales.copyCodes(some, reinterpret_cast<uint32_t *>(result.scales.data()) + place);
          else
            scales.copyCodes(some, codesOfScales.data() + place);
        }
        for (const int64_t block : scales.left()) {
          left.emplace_back(static_cast<size_t>(count * colsOf(block)));
          plain.encode({piece.data + block * result.block.cols, count, colsOf(block), part.stride}, outer,
                       left.back().data());
        }
        const SpanScales span = one ? SpanScales{shared.scale.data(), shared.inverse.data(), x.cols, ahead}
                                    : scales.span(blocksFirst && !byRow ? ahead
                                                  : width < x.cols      ? width
                                                                        : count * x.stride);
        for (int64_t r = 0; r < count; ++r) {
          encode(kernel.constants(), span, piece.row(r), cols, codes + r * x.cols + c);
          for (size_t k = 0; k < left.size(); ++k)
            std::copy_n(left[k].begin() + r * colsOf(scales.left()[k]), colsOf(scales.left()[k]),
                        codes + r * x.cols + c + scales.left()[k] * result.block.cols);
        }
      }
      writer.done(count * x.cols);
    }
    writer.finish();
  });
  if (!codesOfScales.empty() && !one)
    setScales(result.scales, codesOfScales);
}

template <class Code>
void decodeRows(const BlockKernel &kernel, const PlainBlocks &plain, const EncodedMatrix &x, MatrixView y) {
  const int64_t rows = std::max<int64_t>(x.block.rows, 1), blocks = x.blocksPerRow();
  constexpr int64_t pieceElements = 1 << 16;
  const bool stream = goesPastCaches({nullptr, y.rows, y.cols}, y);
  const auto decode = HWY_DYNAMIC_DISPATCH(decodeBlockRow);
  const auto work = [&](int64_t firstRow, int64_t lastRow) {
    CodeReader elements(x.elements), codesOfScales(x.scales);
    BlockRowScales scales(kernel);
    for (int64_t b = firstRow / rows; b * rows < lastRow; ++b) {
      const uint32_t outer = x.outer.count() == 0 ? 0 : x.outer.get(x.outer.count() == 1 ? 0 : b);
      if (codeBytes(x.scales.width()) == 1)
        scales.read(codesOfScales.read<uint8_t>(b * blocks, blocks), blocks, outer, x.block.cols, x.cols);
      else
        scales.read(codesOfScales.read<uint32_t>(b * blocks, blocks), blocks, outer, x.block.cols, x.cols);
      const int64_t first = std::max(b * rows, firstRow), last = std::min((b + 1) * rows, lastRow);
      for (int64_t r = first; r < last; ++r) {
        const Code *codes = elements.read<Code>(r * x.cols, x.cols);
        if (kernel.needsDouble())
          kernel.valuesOf(reinterpret_cast<const uint8_t *>(codes), scales.span(0), y.row(r), x.cols);
        else
          decode(kernel.constants(), scales.span(0), stream, codes, y.row(r), x.cols);
      }
      if (scales.left().empty())
        continue;
      hwy::FlushStream();
      for (const int64_t block : scales.left()) {
        const int64_t col = block * x.block.cols;
        plain.decode(x, first, col, {y.row(first) + col, last - first, std::min(x.block.cols, x.cols - col), y.stride});
      }
    }
    hwy::FlushStream();
  };
  // A block of many rows may be cut between pieces: its scales are read again.
  const int64_t each = std::max<int64_t>(pieceElements / std::max<int64_t>(x.cols, 1), 1);
  const int64_t piece = rows > 4 * each ? each : (each + rows - 1) / rows * rows;
  parallelFor((x.rows + piece - 1) / piece, [&](int64_t p) { work(p * piece, std::min((p + 1) * piece, x.rows)); });
}

} // namespace

bool blockCodecTakes(const BlockKernel &kernel) {
  const ElementConstants &g = kernel.constants();
  return g.bits <= 16 && (!g.isTable || g.table->isApart);
}

void blockRowCodes(const ElementConstants &constants, const SpanScales &scales, const float *x, int64_t cols,
                   uint8_t *codes) {
  HWY_DYNAMIC_DISPATCH(encodeBlockRow)(constants, scales, x, cols, codes);
}

void blockEncode(const BlockKernel &kernel, const PlainBlocks &plain, ConstMatrixView x, EncodedMatrix &result) {
  const auto encode = kernel.constants().bits <= 8 ? encodeRows<uint8_t> : encodeRows<uint16_t>;
  encode(kernel, plain, x, result);
}

void blockDecode(const BlockKernel &kernel, const PlainBlocks &plain, const EncodedMatrix &x, MatrixView y) {
  const auto decode = kernel.constants().bits <= 8 ? decodeRows<uint8_t> : decodeRows<uint16_t>;
  decode(kernel, plain, x, y);
}

} // namespace mase
#endif
