// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/testing/edge_rows.h"

#include "mase/support/random.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>

namespace mase::testing {
namespace {

struct Elements {
  std::vector<ElementInteger> all, largest, small; // largest: the least and the greatest

  explicit Elements(const Format &format) {
    auto whole = [](ElementInteger e) { return int64_t{e.significand} * (int64_t{1} << e.shift); };
    // Of wide elements a part: those in steps, and all around zero and around the least and the greatest.
    const uint32_t codes = 1U << format.elementBits(), step = std::max(codes >> 12, 1U);
    auto isTaken = [&](uint32_t code) {
      const uint32_t near = code & (codes / 2 - 1); // zero and the least, and what lies before them
      return code % step == 0 || near < 8 || near + 8 > codes / 2;
    };
    for (uint32_t code = 0; code < codes; ++code) {
      if (!isTaken(code))
        continue;
      const ElementInteger e = format.elementInteger(code);
      if (format.operand().symmetric && -whole(e) >= int64_t{1} << format.operand().significandBits && e.shift == 0)
        continue; // A1: never stored
      all.push_back(e);
      if (std::abs(whole(e)) <= 2)
        small.push_back(e);
    }
    auto [least, greatest] =
        std::minmax_element(all.begin(), all.end(), [&](auto a, auto b) { return whole(a) < whole(b); });
    largest = {*least, *greatest};
  }
};

int32_t exponentOf(const OperandShape &shape, Spread spread, int bits, Random &random) {
  const int one = -bits;
  int64_t low = one - 3, high = one + 1;
  if (spread == Spread::far)
    low = one - 40, high = one + 20;
  if (spread == Spread::whole)
    low = shape.minExponent, high = shape.maxExponent;
  low = std::max<int64_t>(low, shape.minExponent), high = std::min<int64_t>(high, shape.maxExponent);
  return static_cast<int32_t>(low + static_cast<int64_t>(random.below(static_cast<uint64_t>(high - low + 1))));
}

} // namespace

const std::vector<std::string> &edgeFormats() {
  static const std::vector<std::string> names = {"mxint4",     "mxint8",   "mxint12",     "mxfp4",       "mxfp6_e3m2",
                                                 "mxfp8_e4m3", "bmf<4,3>", "fixed<16,8>", "fixed<24,12>"};
  return names;
}

BlockIntegers edgeRows(const Format &format, int64_t rows, int64_t cols, Spread spread, uint64_t seed) {
  const OperandShape shape = format.operand();
  static std::map<const Format *, Elements> known; // tests run in one thread
  const Elements &elements = known.try_emplace(&format, format).first->second;
  Random random(seed);
  const bool isStatic = format.scaleBits() == 0;
  BlockIntegers result = {rows, cols, isStatic ? BlockShape{std::max<int64_t>(rows, 1), cols} : BlockShape{}, {}, {}};
  if (isStatic)
    result.exponent = {shape.minExponent};
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t kind = r % 6, only = static_cast<int64_t>(random.below(static_cast<uint64_t>(cols)));
    const ElementInteger one = elements.largest[random.below(2)];
    for (int64_t first = 0; first < cols; first += WideRows::blockCols) {
      const int64_t end = std::min(cols, first + WideRows::blockCols);
      const bool zeros = (kind == 3 && random.below(2) == 0) || (kind == 5 && (only < first || only >= end));
      if (!isStatic) // A2
        result.exponent.push_back(zeros ? shape.minExponent : exponentOf(shape, spread, edgeBits(format), random));
      auto any = [&](const std::vector<ElementInteger> &from) { return from[random.below(from.size())]; };
      for (int64_t c = first; c < end; ++c) {
        ElementInteger e = kind == 1   ? one
                           : kind == 2 ? any(elements.largest)
                           : kind == 4 ? any(elements.small)
                                       : any(elements.all);
        if (!isStatic && c == first) // casts and quantisers leave no block without a large element
          e = one;
        if (zeros || (kind == 5 && c != only))
          e = {};
        else if (kind == 5)
          e = one;
        result.q.push_back(e.significand);
        if (shape.maxShift > 0)
          result.shift.push_back(static_cast<uint8_t>(e.shift));
      }
    }
  }
  return result;
}

std::vector<double> valuesOf(const Format &format, const BlockIntegers &rows) {
  return valuesOf([&] {
    const WholeRows x(format, rows);
    WideRows wide(rows.rows, rows.cols, x.bits() + 1);
    for (int64_t r = 0; r < rows.rows; ++r)
      for (int64_t c = 0; c < rows.cols; ++c) {
        wide.sum[static_cast<size_t>(r * rows.cols + c)] = x.value(r, c);
        wide.exponent[static_cast<size_t>(r * wide.blocksPerRow() + c / 32)] = x.exponent(r, c / 32);
      }
    return wide;
  }());
}

std::vector<double> valuesOf(const WideRows &wide) {
  std::vector<double> values(wide.sum.size());
  for (int64_t r = 0; r < wide.rows; ++r)
    for (int64_t c = 0; c < wide.cols; ++c) {
      const auto at = static_cast<size_t>(r * wide.cols + c);
      values[at] = std::ldexp(static_cast<double>(wide.sum[at]), exponentAt(wide, r, c));
    }
  return values;
}

int32_t exponentAt(const WideRows &wide, int64_t r, int64_t c) {
  return wide.exponent[static_cast<size_t>(r * wide.blocksPerRow() + c / WideRows::blockCols)];
}

bool keepsItsWidth(const WideRows &wide) {
  return std::all_of(wide.sum.begin(), wide.sum.end(),
                     [&](int64_t sum) { return std::abs(sum) < int64_t{1} << (wide.bits - 1); });
}

} // namespace mase::testing
