// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/testing/format_contract.h"

#include "mase/formats/registry.h"
#include "mase/support/random.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace mase::testing_formats {
namespace {

constexpr int64_t rows = 37, cols = 77; // neither divides a block

struct Matrix {
  int64_t rows, cols;
  std::vector<float> values;
  Matrix(int64_t rows, int64_t cols, float fill = 0)
      : rows(rows), cols(cols), values(static_cast<size_t>(rows * cols), fill) {}
  float &at(int64_t r, int64_t c) { return values[static_cast<size_t>(r * cols + c)]; }
  MatrixView view() { return {values.data(), rows, cols}; }
};

// Values over `octaves` around 1, some zeros, some on ties.
Matrix sample(uint64_t seed, int octaves = 24) {
  Random random(seed);
  Matrix x(rows, cols);
  for (float &value : x.values) {
    const auto count = static_cast<uint64_t>(octaves);
    const double magnitude = std::ldexp(random.uniform() - 0.5, static_cast<int>(random.below(count)) - octaves / 2);
    value = random.below(16) == 0 ? 0.0F : static_cast<float>(magnitude);
    if (random.below(8) == 0)
      value = std::ldexp(std::nearbyint(value * 8) + 0.5F, -3);
  }
  return x;
}

Matrix quantized(const Format &format, Matrix x) {
  format.fakeQuantize(x.view(), x.view());
  return x;
}

// Empty when both are equal as numbers, NaN alike.
std::string difference(const Matrix &got, const Matrix &expected) {
  for (size_t i = 0; i < got.values.size(); ++i) {
    const float a = got.values[i], b = expected.values[i];
    if (!(a == b || (std::isnan(a) && std::isnan(b))))
      return fmt::format("element ({}, {}) is {}, not {}", i / static_cast<size_t>(got.cols),
                         i % static_cast<size_t>(got.cols), a, b);
  }
  return "";
}

std::string theNameComesBack(const Format &format) {
  const Format &parsed = parseFormat(format.name());
  return &parsed == &format ? "" : fmt::format("'{}' is the name of '{}'", format.name(), parsed.name());
}

std::string bitsCountTheScale(const Format &format) {
  const double share = format.bitsPerElement() - format.elementBits();
  const double most = format.scaleBits() / static_cast<double>(format.block().size());
  return share >= 0 && share <= most ? "" : fmt::format("a scale's share is {} bits, of {}", share, most);
}

std::string rangeIsReached(const Format &format) {
  const ElementRange range = format.range();
  const bool good =
      range.largest >= range.smallest && range.smallest > 0 && range.relativeStep >= 0 && range.relativeStep <= 1;
  return good ? "" : fmt::format("range {} .. {}, step {}", range.smallest, range.largest, range.relativeStep);
}

std::string twiceIsOnce(const Format &format) {
  std::string fault;
  for (uint64_t seed = 0; seed < 5 && fault.empty(); ++seed) {
    const Matrix once = quantized(format, sample(seed));
    fault = difference(quantized(format, once), once);
  }
  return fault;
}

std::string outOfPlaceIsInPlace(const Format &format) {
  Matrix x = sample(11), y(rows, cols);
  format.fakeQuantize(x.view(), y.view());
  return difference(y, quantized(format, x));
}

std::string stridesAreKept(const Format &format) {
  Matrix x = sample(12), whole = quantized(format, x), wide(rows, cols + 3, 42);
  const MatrixView view(wide.values.data(), rows, cols, cols + 3);
  format.fakeQuantize(x.view(), view);
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < cols + 3; ++c)
      if (wide.at(r, c) != (c < cols ? whole.at(r, c) : 42.0F))
        return fmt::format("element ({}, {}) is {}", r, c, wide.at(r, c));
  return "";
}

std::string zerosStay(const Format &format) {
  return difference(quantized(format, Matrix(rows, cols)), Matrix(rows, cols));
}

// F7: a tensor cut out of a larger one that continues with zeros has the same values.
std::string edgesPadWithZeros(const Format &format) {
  Matrix x = sample(13), padded(rows + 11, cols + 19);
  for (int64_t r = 0; r < rows; ++r)
    std::copy_n(x.view().row(r), cols, padded.view().row(r));
  Matrix expected = quantized(format, padded), got = quantized(format, x), cut(rows, cols);
  for (int64_t r = 0; r < rows; ++r)
    std::copy_n(expected.view().row(r), cols, cut.view().row(r));
  return difference(got, cut);
}

// A sorted row stays sorted wherever one scale is shared.
std::string orderIsKept(const Format &format) {
  Matrix x(1, 64);
  Random random(5);
  for (float &value : x.values)
    value = static_cast<float>(random.uniform() * 4 - 2);
  std::sort(x.values.begin(), x.values.end());
  const int64_t width = format.block().cols == 1 ? 64 : std::min<int64_t>(64, format.block().cols);
  const Matrix y = quantized(format, x);
  for (int64_t b = 0; b < 64; b += width)
    if (!std::is_sorted(y.values.begin() + b, y.values.begin() + std::min<int64_t>(64, b + width)))
      return fmt::format("a sorted block from column {} on is not sorted", b);
  return "";
}

std::string powersOfTwoCommute(const Format &format) {
  if (format.scaleBits() == 0)
    return ""; // static: nothing follows the data
  Matrix x = sample(6, 4), scaled = x, expected = quantized(format, x);
  for (float &value : scaled.values)
    value *= 0.25F;
  for (float &value : expected.values)
    value *= 0.25F;
  return difference(quantized(format, scaled), expected);
}

std::string signsAreSymmetric(const Format &format) {
  if (!format.range().symmetric)
    return "";
  Matrix x = sample(8), negated = x, expected = quantized(format, x);
  for (float &value : negated.values)
    value = -value;
  for (float &value : expected.values)
    value = -value;
  return difference(quantized(format, negated), expected);
}

std::string everyFloatHasAResult(const Format &format) {
  Matrix x = sample(7);
  const float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  x.at(0, 0) = nan;
  if (!std::isnan(quantized(format, x).at(0, 0)))
    return "NaN does not stay";
  for (float special :
       {inf, -inf, std::numeric_limits<float>::max(), std::numeric_limits<float>::denorm_min(), -0.0F}) {
    x.at(0, 0) = special;
    const Matrix y = quantized(format, x);
    if (format.scaleReach() != ScaleReach::tensor && !std::isfinite(y.values.back()))
      return fmt::format("{} in the first row spoils the last", special);
    Matrix decoded(rows, cols);
    format.decode(format.encode(x.view()), decoded.view());
    if (std::string fault = difference(decoded, y); !fault.empty())
      return fmt::format("with {}: {}", special, fault);
  }
  return "";
}

// The largest of a block comes out near: a bound that follows from the element's range alone.
std::string errorsAreBounded(const Format &format) {
  if (format.scaleBits() == 0)
    return "";
  const ElementRange range = format.range();
  const double octave = std::exp2(std::floor(std::log2(range.largest)));
  const double saturation = format.scaleBits() <= 8 ? (2 * octave - range.largest) / (2 * octave) : 0;
  const double bound = std::max(range.relativeStep / 2 * range.largest / octave, saturation) + 1.0 / 16;
  Matrix x = sample(9, 4), y = quantized(format, x);
  const BlockShape block = format.block();
  for (int64_t r0 = 0; r0 < rows; r0 += block.rows)
    for (int64_t c0 = 0; c0 < cols; c0 += block.cols) {
      float max = 0, result = 0;
      for (int64_t r = r0; r < std::min(r0 + block.rows, rows); ++r)
        for (int64_t c = c0; c < std::min(c0 + block.cols, cols); ++c)
          if (std::fabs(x.at(r, c)) > std::fabs(max))
            max = x.at(r, c), result = y.at(r, c);
      if (std::fabs(result - max) > bound * std::fabs(max))
        return fmt::format("the largest of block ({}, {}) is {}, quantised {}: beyond {}", r0, c0, max, result, bound);
    }
  return "";
}

std::string decodingIsEmulation(const Format &format) {
  std::string fault;
  for (uint64_t seed = 30; seed < 33 && fault.empty(); ++seed) {
    Matrix x = sample(seed), y(rows, cols);
    const EncodedMatrix codes = format.encode(x.view());
    if (codes.elements.width() != format.elementBits() || codes.scales.width() != format.scaleBits())
      return "codes are not as wide as the format says";
    if (static_cast<int64_t>(codes.elements.bytes().size()) != (rows * cols * format.elementBits() + 7) / 8)
      return "elements are not packed";
    format.decode(codes, y.view());
    fault = difference(y, quantized(format, x));
    if (fault.empty() && format.encode(y.view()).elements != codes.elements)
      fault = "encoding what was decoded gives other codes";
  }
  return fault;
}

double valueOf(const ElementInteger &element, const ScaleInteger &scale, int32_t outer) {
  return std::ldexp(static_cast<double>(element.significand) * scale.significand * outer,
                    element.shift + scale.exponent);
}

std::string integersAreTheValues(const Format &format) {
  if (!format.hasIntegers())
    return ""; // level 3 does not exist for it, which the compiler asks first
  const OperandShape shape = format.operand();
  for (uint64_t seed = 20; seed < 23; ++seed) {
    Matrix x = sample(seed), y = quantized(format, x);
    const BlockIntegers view = format.integers(x.view());
    if (view.shift.empty() != (shape.maxShift == 0) || view.scale.empty() != (shape.scaleSignificandBits == 0) ||
        view.outer.empty() != (shape.outerSignificandBits == 0))
      return "vectors of shifts and significands are not there as operand() says";
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = 0; c < cols; ++c) {
        const auto i = static_cast<size_t>(r * cols + c);
        const auto b = static_cast<size_t>(r / view.block.rows * view.blocksPerRow() + c / view.block.cols);
        const ElementInteger element = {view.q[i], view.shift.empty() ? 0 : view.shift[i]};
        const ScaleInteger scale = {view.scale.empty() ? 1 : view.scale[b], view.exponent[b]};
        const int32_t outer = view.outer.empty()       ? 1
                              : view.outer.size() == 1 ? view.outer[0]
                                                       : view.outer[static_cast<size_t>(r)];
        if (std::abs(element.significand) >> shape.significandBits || element.shift > shape.maxShift ||
            scale.exponent < shape.minExponent || scale.exponent > shape.maxExponent ||
            scale.significand >> std::max(shape.scaleSignificandBits, 1) || scale.significand <= 0)
          return fmt::format("element ({}, {}) lies outside of operand()", r, c);
        if (valueOf(element, scale, outer) != y.at(r, c))
          return fmt::format("element ({}, {}) is {} as integer, {} emulated", r, c, valueOf(element, scale, outer),
                             y.at(r, c));
      }
  }
  return "";
}

// elementInteger and scaleInteger give what the whole matrix gave.
std::string codesMeanTheirIntegers(const Format &format) {
  if (!format.hasIntegers())
    return "";
  Matrix x = sample(25);
  const EncodedMatrix codes = format.encode(x.view());
  const BlockIntegers view = format.integers(x.view());
  for (int64_t i = 0; i < rows * cols; ++i) {
    const auto at = static_cast<size_t>(i);
    if (format.elementInteger(codes.elements.get(i)) !=
        ElementInteger{view.q[at], view.shift.empty() ? 0 : view.shift[at]})
      return fmt::format("code {} of element {} means another integer", codes.elements.get(i), i);
  }
  for (int64_t b = 0; b < codes.scales.count(); ++b) {
    const ScaleInteger scale = format.scaleInteger(codes.scales.get(b));
    if (scale.significand != (view.scale.empty() ? 1 : view.scale[static_cast<size_t>(b)]) ||
        (view.outer.empty() && scale.exponent != view.exponent[static_cast<size_t>(b)]))
      return fmt::format("scale {} means another number", b);
  }
  return "";
}

// No other code of the element would be nearer (exhaustive over codes; formats that round otherwise say so by name).
std::string theNearestCodeIsTaken(const Format &format) {
  if (!format.hasIntegers() || format.elementBits() > 8 || format.name().find("-floor") != std::string::npos)
    return "";
  Matrix x = sample(26, 8), y = quantized(format, x);
  const BlockIntegers view = format.integers(x.view());
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < cols; ++c) {
      const auto b = static_cast<size_t>(r / view.block.rows * view.blocksPerRow() + c / view.block.cols);
      const ScaleInteger scale = {view.scale.empty() ? 1 : view.scale[b], view.exponent[b]};
      const int32_t outer = view.outer.empty()       ? 1
                            : view.outer.size() == 1 ? view.outer[0]
                                                     : view.outer[static_cast<size_t>(r)];
      for (uint32_t code = 0; code < 1U << format.elementBits(); ++code) {
        const double other = valueOf(format.elementInteger(code), scale, outer);
        const bool mostNegative = format.operand().symmetric && other < 0 && code == 1U << (format.elementBits() - 1);
        if (!mostNegative && std::fabs(other - x.at(r, c)) < std::fabs(static_cast<double>(y.at(r, c)) - x.at(r, c)))
          return fmt::format("element ({}, {}), {}, became {}, though {} is nearer", r, c, x.at(r, c), y.at(r, c),
                             other);
      }
    }
  return "";
}

std::string rowScalesReachNoOtherRow(const Format &format) {
  const Format &byRow = format.withRowScales();
  if (format.scaleReach() == ScaleReach::tensor && format.block().rows == BlockShape::whole &&
      byRow.scaleReach() == ScaleReach::tensor)
    return "withRowScales() still reaches other rows";
  if (byRow.scaleReach() == ScaleReach::tensor)
    return ""; // two-dimensional blocks
  Matrix x = sample(27), whole = quantized(byRow, x), alone(1, cols);
  std::copy_n(x.view().row(5), cols, alone.values.begin());
  alone = quantized(byRow, alone);
  for (int64_t c = 0; c < cols; ++c)
    if (alone.at(0, c) != whole.at(5, c))
      return fmt::format("column {} of a row alone is {}, among others {}", c, alone.at(0, c), whole.at(5, c));
  return "";
}

} // namespace

const std::vector<ContractCheck> &contractChecks() {
  static const std::vector<ContractCheck> checks = {
      {"TheNameComesBack", theNameComesBack},
      {"BitsCountTheScale", bitsCountTheScale},
      {"RangeIsReached", rangeIsReached},
      {"TwiceIsOnce", twiceIsOnce},
      {"OutOfPlaceIsInPlace", outOfPlaceIsInPlace},
      {"StridesAreKept", stridesAreKept},
      {"ZerosStay", zerosStay},
      {"EdgesPadWithZeros", edgesPadWithZeros},
      {"OrderIsKept", orderIsKept},
      {"PowersOfTwoCommute", powersOfTwoCommute},
      {"SignsAreSymmetric", signsAreSymmetric},
      {"EveryFloatHasAResult", everyFloatHasAResult},
      {"ErrorsAreBounded", errorsAreBounded},
      {"DecodingIsEmulation", decodingIsEmulation},
      {"IntegersAreTheValues", integersAreTheValues},
      {"CodesMeanTheirIntegers", codesMeanTheirIntegers},
      {"TheNearestCodeIsTaken", theNearestCodeIsTaken},
      {"RowScalesReachNoOtherRow", rowScalesReachNoOtherRow},
  };
  return checks;
}

std::string runCheck(std::string_view name, const Format &format) {
  for (const ContractCheck &check : contractChecks())
    if (check.name == name)
      return check.run(format);
  assert(false && "no check of that name");
  return "";
}

} // namespace mase::testing_formats
