// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/block_format.h"

#include "mase/formats/grid_block.h"
#include "mase/formats/power_of_two_scale.h"
#include "mase/formats/registry.h"
#include "mase/support/error.h"

#include <cassert>
#include <fmt/ranges.h>
#include <limits>

namespace mase {

// One block on its way: its place, its represented values without gaps, and its scales.
struct BlockFormat::Block {
  int64_t index, row, col, rows, cols; // row and col: of its first element; rows and cols: inside the tensor
  std::span<const float> values;       // rows x cols
  uint32_t scale, outer;
};

namespace {

std::string composeName(const BlockFormatParts &parts, const BlockFormatDefaults &defaults) {
  std::string name = parts.head;
  if (parts.block != defaults.block)
    name += blockSuffix(parts.block);
  if (parts.scale->name() != defaults.scale)
    name += "/" + parts.scale->name();
  if (parts.rounding != roundings().front())
    name += fmt::format("@{}", parts.rounding->name());
  return name;
}

// The same with one scale a row wherever it has one a tensor.
std::string composeRowName(BlockFormatParts parts, const BlockFormatDefaults &defaults) {
  if (parts.block.rows == BlockShape::whole && parts.block.cols == BlockShape::whole)
    parts.block.rows = 1;
  if (parts.scale->outer() == OuterScale::tensor && parts.block.rows == 1)
    parts.scale = parseScale(parts.scale->name() + "-row");
  return composeName(parts, defaults);
}

// Which narrow blocks are better read a piece of each row at a time than a line of each: those of more rows than a
// cache keeps lines that lie a power of two apart (what goes past the caches is written a line at a time where rounding
// takes as long), and elements so small that the other kernel would leave them all.
bool suitsRows(const GridFormat &format, bool stream) {
  constexpr int64_t fewRows = 8;
  constexpr int leastExponent = -32;
  const bool manyRows = format.block.rows > fewRows && !(stream && hasOctaves(format.grid));
  return format.block.cols < lineColumns && (manyRows || format.grid.minExponent < leastExponent);
}

BlockShape within(BlockShape block, int64_t rows, int64_t cols) {
  if (block.rows == BlockShape::whole)
    block.rows = std::max<int64_t>(rows, 1);
  if (block.cols == BlockShape::whole)
    block.cols = std::max<int64_t>(cols, 1);
  return block;
}

} // namespace

BlockFormat::BlockFormat(BlockFormatParts parts, const BlockFormatDefaults &defaults)
    : parts_(std::move(parts)), name_(composeName(parts_, defaults)), rowName_(composeRowName(parts_, defaults)),
      calibratedName_(defaults.calibratedName) {}

double BlockFormat::bitsPerElement() const {
  const bool finite = block().rows < BlockShape::whole && block().cols < BlockShape::whole;
  return elementBits() + (finite ? scaleBits() / static_cast<double>(block().size()) : 0);
}

ScaleReach BlockFormat::scaleReach() const {
  return block().rows > 1 || scale().outer() == OuterScale::tensor ? ScaleReach::tensor : ScaleReach::row;
}

const Format &BlockFormat::withRowScales() const { return rowName_ == name_ ? *this : parseFormat(rowName_); }

const Format *BlockFormat::calibrated(double largest) const {
  const bool one = block().rows == BlockShape::whole && block().cols == BlockShape::whole;
  return one && calibratedName_ ? &parseFormat(calibratedName_(elementBits(), largest)) : nullptr;
}

ElementRange BlockFormat::range() const {
  return {element().largest(), element().smallest(), element().relativeStep(), element().symmetric()};
}

uint32_t BlockFormat::outerCode(ConstMatrixView x, int64_t row) const {
  const bool tensor = scale().outer() == OuterScale::tensor;
  float largest = 0;
  for (int64_t r = tensor ? 0 : row, end = tensor ? x.rows : row + 1; r < end; ++r)
    for (int64_t c = 0; c < x.cols; ++c)
      if (std::isfinite(x.row(r)[c])) // F5: what is not finite spoils its block only
        largest = std::max(largest, std::fabs(x.row(r)[c]));
  return scale().chooseOuter(largest, element());
}

void BlockFormat::forEachBlock(ConstMatrixView x, const Visit &visit) const {
  if (scale().outer() != OuterScale::row)
    return forEachBlockUnder(x, scale().outer() == OuterScale::tensor ? outerCode(x, 0) : 0, visit);
  assert(block().rows == 1);
  for (int64_t r = 0; r < x.rows; ++r)
    forEachBlockUnder({x.row(r), 1, x.cols, x.stride}, outerCode(x, r), [&](Block block) {
      block.row = r;
      block.index += r * ((x.cols + this->block().cols - 1) / this->block().cols);
      visit(block);
    });
}

void BlockFormat::forEachBlockUnder(ConstMatrixView x, uint32_t outer, const Visit &visit) const {
  const BlockShape block = within(this->block(), x.rows, x.cols);
  std::vector<float> gathered(static_cast<size_t>(std::min(block.rows, x.rows) * std::min(block.cols, x.cols)));
  std::vector<float> values(gathered.size());
  int64_t index = 0;
  for (int64_t r = 0; r < x.rows; r += block.rows)
    for (int64_t c = 0; c < x.cols; c += block.cols, ++index) {
      // F7: what a block lacks at the edge are zeros, which change neither the largest magnitude nor each other.
      const int64_t rows = std::min(block.rows, x.rows - r), cols = std::min(block.cols, x.cols - c);
      for (int64_t i = 0; i < rows; ++i)
        std::copy_n(x.row(r + i) + c, cols, gathered.begin() + i * cols);
      const auto count = static_cast<size_t>(rows * cols);
      const uint32_t code =
          rounding().quantize({gathered.data(), count}, {values.data(), count}, element(), scale(), outer);
      visit({index, r, c, rows, cols, {values.data(), count}, code, outer});
    }
}

void BlockFormat::reference(ConstMatrixView x, MatrixView y) const {
  forEachBlock(x, [&](const Block &block) {
    for (int64_t i = 0; i < block.rows; ++i)
      std::copy_n(block.values.begin() + i * block.cols, block.cols, y.row(block.row + i) + block.col);
  });
}

void BlockFormat::chooseKernel() {
  if (&rounding() == roundings().front())
    blocks_ = BlockKernel::make(element(), scale(), block());
  const auto *powers = dynamic_cast<const PowerOfTwoScale *>(&scale());
  if (&rounding() != roundings().front() || !powers || !element().grid())
    return;
  GridFormat format = {*element().grid(), powers->minExponent(), powers->maxExponent(), element().roundsScale(),
                       block()};
  if (!gridKernelTakes(format) || (blocks_ && suitsRows(format, true)))
    return;
  format.table = makeGridTable(format);
  kernel_ = std::move(format);
}

void BlockFormat::fakeQuantize(ConstMatrixView x, MatrixView y) const {
  const auto plain = [this](ConstMatrixView part, MatrixView out) { reference(part, out); };
  const bool byRows = kernel_ && blocks_ && suitsRows(*kernel_, goesPastCaches(x, y));
  if (kernel_ && !byRows)
    gridFakeQuantize(*kernel_, plain, x, y);
  else if (blocks_)
    quantizeBlocks(x, y);
  else
    reference(x, y);
}

void BlockFormat::quantizeBlocks(ConstMatrixView x, MatrixView y) const {
  const auto plain = [this](ConstMatrixView part, uint32_t outer, MatrixView out) {
    forEachBlockUnder(part, outer, [&](const Block &block) {
      for (int64_t i = 0; i < block.rows; ++i)
        std::copy_n(block.values.begin() + i * block.cols, block.cols, out.row(block.row + i) + block.col);
    });
  };
  blocks_->fakeQuantize(plain, x, y);
}

// Codes of one block of a matrix whose first block is block `place` of `result`, at (row, col).
void BlockFormat::encodeBlock(const Block &block, int64_t place, int64_t row, int64_t col,
                              EncodedMatrix &result) const {
  result.scales.set(place, block.scale);
  if (result.outer.count() > 0)
    result.outer.set(result.outer.count() == 1 ? 0 : row, block.outer);
  for (int64_t i = 0; i < block.rows; ++i)
    for (int64_t j = 0; j < block.cols; ++j)
      result.elements.set((row + i) * result.cols + col + j, codeOf(block, i, j));
}

uint32_t BlockFormat::codeOf(const Block &block, int64_t i, int64_t j) const {
  if (block.scale == scale().nanCode())
    return 0; // F5
  const double scaled = block.values[i * block.cols + j] / scale().value(block.scale, block.outer);
  return element().encode(rounding().isEmulationOnly() ? element().round(scaled, Ties::even) : scaled);
}

// What the general kernel and codec leave.
PlainBlocks BlockFormat::plainBlocks() const {
  return {[this](ConstMatrixView x, uint32_t outer, uint32_t *codes) {
            forEachBlockUnder(x, outer, [&](const Block &block) {
              for (int64_t i = 0; i < block.rows; ++i)
                for (int64_t j = 0; j < block.cols; ++j)
                  codes[(block.row + i) * x.cols + block.col + j] = codeOf(block, i, j);
            });
          },
          [this](const EncodedMatrix &x, int64_t row, int64_t col, MatrixView y) {
            for (int64_t r = 0; r < y.rows; ++r)
              decodeRow(x, row + r, col, y.row(r), y.cols);
          }};
}

// Values of columns [col, col + cols) of one row, the first of which is a block's.
void BlockFormat::decodeRow(const EncodedMatrix &x, int64_t row, int64_t col, float *y, int64_t cols) const {
  const uint32_t outer = x.outer.count() == 0 ? 0 : x.outer.get(x.outer.count() == 1 ? 0 : row);
  for (int64_t first = 0; first < cols; first += x.block.cols) {
    const uint32_t code = x.scales.get(row / x.block.rows * x.blocksPerRow() + (col + first) / x.block.cols);
    const double value = scale().value(code, outer);
    for (int64_t c = first; c < std::min(first + x.block.cols, cols); ++c)
      y[c] = code == scale().nanCode()
                 ? std::numeric_limits<float>::quiet_NaN()
                 : static_cast<float>(element().decode(x.elements.get(row * x.cols + col + c)) * value);
  }
}

EncodedShape BlockFormat::encodedShape(int64_t rows, int64_t cols) const {
  const OuterScale outer = scale().outer();
  return {rows,          cols,        within(block(), rows, cols),
          elementBits(), scaleBits(), outer == OuterScale::none ? 0 : outer == OuterScale::row ? rows : 1};
}

void BlockFormat::encode(ConstMatrixView x, EncodedMatrix &result) const {
  result.reset(encodedShape(x.rows, x.cols));
  if (const GridCodec codec = gridCodec(); kernel_ && gridCodecTakes(codec, x.cols)) {
    const auto plain = [&](int64_t row, int64_t col, int64_t cols) {
      forEachBlock({x.row(row) + col, 1, cols, x.stride}, [&](const Block &block) {
        encodeBlock(block, row * result.blocksPerRow() + col / result.block.cols, row, col, result);
      });
    };
    return gridEncode(codec, plain, x, result);
  }
  if (blocks_ && blockCodecTakes(*blocks_))
    return blockEncode(*blocks_, plainBlocks(), x, result);
  encodePlainly(x, result);
}

void BlockFormat::encodePlainly(ConstMatrixView x, EncodedMatrix &result) const {
  result.reset(encodedShape(x.rows, x.cols));
  forEachBlock(x, [&](const Block &block) { encodeBlock(block, block.index, block.row, block.col, result); });
}

GridCodec BlockFormat::gridCodec() const {
  return {kernel_.value_or(GridFormat{}), elementBits(), element().isTwosComplement()};
}

void BlockFormat::decode(const EncodedMatrix &x, MatrixView y) const {
  assert(x.rows == y.rows && x.cols == y.cols && x.elements.width() == elementBits());
  if (const GridCodec codec = gridCodec(); kernel_ && gridCodecTakes(codec, x.cols))
    return gridDecode(
        codec, [&](int64_t row, int64_t col, int64_t cols) { decodeRow(x, row, col, y.row(row) + col, cols); }, x, y);
  if (blocks_ && blockCodecTakes(*blocks_))
    return blockDecode(*blocks_, plainBlocks(), x, y);
  decodePlainly(x, y);
}

void BlockFormat::decodePlainly(const EncodedMatrix &x, MatrixView y) const {
  for (int64_t r = 0; r < x.rows; ++r)
    decodeRow(x, r, 0, y.row(r), x.cols);
}

OperandShape BlockFormat::operand() const {
  assert(hasIntegers());
  const int unit = element().unitExponent();
  return {element().significandBits(),   element().maxShift(),         element().symmetric(),
          unit + scale().minExponent(),  unit + scale().maxExponent(), scale().significandBits(),
          scale().outerSignificandBits()};
}

ScaleInteger BlockFormat::scaleInteger(uint32_t code) const {
  ScaleInteger view = scale().integer(code);
  view.exponent += element().unitExponent();
  return view;
}

BlockIntegers BlockFormat::integers(ConstMatrixView x) const {
  assert(hasIntegers());
  for (int64_t r = 0; r < x.rows; ++r)
    for (int64_t c = 0; c < x.cols; ++c)
      if (!std::isfinite(x.row(r)[c]))
        fail("element ({}, {}) is not finite (an integer view needs finite values)", r, c);
  const EncodedMatrix codes = encode(x);
  BlockIntegers result = {x.rows, x.cols, codes.block, {}, {}};
  const auto count = static_cast<size_t>(x.rows * x.cols);
  result.q.resize(count);
  if (element().maxShift() > 0)
    result.shift.resize(count);
  for (size_t i = 0; i < count; ++i) {
    const ElementInteger view = elementInteger(codes.elements.get(static_cast<int64_t>(i)));
    result.q[i] = view.significand;
    if (element().maxShift() > 0)
      result.shift[i] = static_cast<uint8_t>(view.shift);
  }
  for (int64_t b = 0; b < codes.scales.count(); ++b) {
    const ScaleInteger view = scaleInteger(codes.scales.get(b));
    result.exponent.push_back(view.exponent);
    if (scale().significandBits() > 0)
      result.scale.push_back(view.significand);
  }
  addOuter(codes, result);
  return result;
}

// The outer scale's power of two goes into its blocks' exponents, its significand stands apart.
void BlockFormat::addOuter(const EncodedMatrix &codes, BlockIntegers &result) const {
  if (codes.outer.count() == 0)
    return;
  for (int64_t o = 0; o < codes.outer.count(); ++o)
    result.outer.push_back(scale().outerInteger(codes.outer.get(o)).significand);
  for (int64_t b = 0; b < codes.scales.count(); ++b) {
    const int64_t o = codes.outer.count() == 1 ? 0 : b / codes.blocksPerRow();
    result.exponent[static_cast<size_t>(b)] += scale().outerInteger(codes.outer.get(o)).exponent;
  }
}

namespace {

// The rounding of that name that takes these parts.
const Rounding *findRounding(const FormatName &name, const Element &element, const Scale &scale) {
  if (name.rounding.empty())
    return roundings().front();
  std::vector<std::string_view> known;
  bool exists = false;
  for (const Rounding *rounding : roundings()) {
    if (rounding->name() == name.rounding && rounding->takes(element, scale))
      return rounding;
    exists = exists || rounding->name() == name.rounding;
    if (std::find(known.begin(), known.end(), rounding->name()) == known.end())
      known.push_back(rounding->name());
  }
  if (!exists)
    fail("format '{}' has rounding '{}', which does not exist ({} do)", name.text, name.rounding,
         fmt::join(known, ", "));
  fail("format '{}' has a rounding that is not defined for its element or scale (leave out @{})", name.text,
       name.rounding);
}

} // namespace

std::unique_ptr<BlockFormat> makeBlockFormat(const FormatName &name, std::string head,
                                             std::shared_ptr<const Element> element,
                                             const BlockFormatDefaults &defaults) {
  BlockFormatParts parts{std::move(head), std::move(element), nullptr, name.block.value_or(defaults.block), nullptr};
  const std::string_view scale = name.scale.empty() ? defaults.scale : name.scale;
  if (std::find(defaults.scales.begin(), defaults.scales.end(), scale) == defaults.scales.end())
    fail("format '{}' has scale '{}' ({} possible)", name.text, scale,
         fmt::format("{} {}", fmt::join(defaults.scales, ", "), defaults.scales.size() == 1 ? "is" : "are"));
  parts.scale = parseScale(scale);
  if (parts.scale->outer() == OuterScale::row && parts.block.rows > 1)
    fail("format '{}' has one scale a row for blocks of several rows (1xN is possible)", name.text);
  parts.rounding = findRounding(name, *parts.element, *parts.scale);
  auto format = std::make_unique<BlockFormat>(std::move(parts), defaults);
  format->chooseKernel();
  return format;
}

} // namespace mase
