// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/bit_true.h"

#include "mase/formats/mxint/mxint.h"
#include "mase/ops/linear/operands.h"
#include "mase/support/error.h"
#include "mase/support/parallel.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace mase {
namespace {

constexpr int64_t blockSize = 32;

int64_t blocksOf(int64_t features) { return (features + blockSize - 1) / blockSize; }

/// One row of elements, widened to whole blocks (A3).
void padRow(const BlockIntegers &from, int64_t row, int16_t *to) {
  const int32_t *q = from.q.data() + row * from.cols;
  for (int64_t c = 0; c < from.cols; ++c)
    to[c] = static_cast<int16_t>(q[c]);
  std::fill(to + from.cols, to + blocksOf(from.cols) * blockSize, int16_t{0});
}

/// A4: 32 products of at most 22 bits fit 32 bits.
int32_t termOf(const int16_t *x, const int16_t *w) {
  int32_t sum = 0;
  for (int k = 0; k < blockSize; ++k)
    sum += int32_t{x[k]} * int32_t{w[k]};
  return sum;
}

/// A6. `limit` is Tb + G, from where every shift gives zero.
int64_t align(int64_t term, int guardBits, int64_t shift, int limit) {
  if (shift >= limit)
    return 0;
  int64_t wide = term * (int64_t{1} << guardBits);
  int64_t half = shift > 0 ? int64_t{1} << (shift - 1) : 0;
  return (wide + half) >> shift;
}

/// A10: S * 2^-right to nearest even; `right` may be negative.
int64_t shiftNearestEven(int64_t value, int64_t right) {
  if (right <= 0)
    return value * (int64_t{1} << -right);
  if (right > 62)
    return 0; // sums have at most 63 bits
  int64_t floor = value >> right, rest = value - (floor << right), half = int64_t{1} << (right - 1);
  return floor + (rest > half || (rest == half && (floor & 1) != 0) ? 1 : 0);
}

/// A9 to A13 on one block; returns the exponent of its integers.
int32_t castBlock(int bits, int sumBits, const int64_t *sum, int64_t count, int32_t exponent, int32_t *q) {
  const int32_t limit = (1 << (bits - 1)) - 1;
  uint64_t largest = 0;
  for (int64_t i = 0; i < count; ++i)
    largest = std::max(largest, static_cast<uint64_t>(sum[i] < 0 ? -sum[i] : sum[i]));
  if (largest == 0 || exponent + sumBits - 2 < MxInt::minExponent) { // A11, A12
    std::fill(q, q + count, 0);
    return MxInt::minExponent - (bits - 2);
  }
  int leading = static_cast<int>(std::bit_width(largest)) - 1;
  int scale = std::max(leading + exponent, MxInt::minExponent); // A9
  for (int64_t i = 0; i < count; ++i)                           // A10
    q[i] = static_cast<int32_t>(
        std::clamp<int64_t>(shiftNearestEven(sum[i], scale - exponent - (bits - 2)), -limit, limit));
  return std::min(scale, MxInt::maxExponent) - (bits - 2); // A13
}

} // namespace

int linearTermBits(const LinearConfig &config) {
  return mxintOperand(config.input, "input").elementBits() + mxintOperand(config.weight, "weight").elementBits() + 4;
}

int linearSumBits(const LinearConfig &config) {
  auto terms = static_cast<uint64_t>(blocksOf(config.inFeatures));
  int bits = linearTermBits(config) + config.guardBits + static_cast<int>(std::bit_width(terms - 1));
  if (bits > 63)
    fail("the sum of {} features takes {} bits (63 are possible: fewer guard bits)", config.inFeatures, bits);
  return bits;
}

LinearBitTrue::LinearBitTrue(const LinearConfig &config, const BlockIntegers &weight)
    : config_(config), blocks_(blocksOf(config.inFeatures)) {
  mxintOperand(config.output, "output");
  linearSumBits(config);
  assert(weight.rows == config.outFeatures && weight.cols == config.inFeatures && weight.block == BlockShape{});
  elements_.resize(static_cast<size_t>(weight.rows * blocks_ * blockSize));
  for (int64_t o = 0; o < weight.rows; ++o)
    padRow(weight, o, elements_.data() + o * blocks_ * blockSize);
  largestExponent_ = *std::max_element(weight.exponent.begin(), weight.exponent.end()); // A5
  for (int32_t exponent : weight.exponent)
    difference_.push_back(largestExponent_ - exponent);
}

LinearSums LinearBitTrue::sums(const BlockIntegers &input) const {
  assert(input.cols == config_.inFeatures && input.block == BlockShape{});
  LinearSums result = {input.rows, config_.outFeatures, {}, {}};
  result.sum.resize(static_cast<size_t>(result.rows * result.cols));
  result.exponent.resize(static_cast<size_t>(result.rows));
  const int limit = linearTermBits(config_) + config_.guardBits, guardBits = config_.guardBits;
  parallelFor(input.rows, [&](int64_t r) {
    std::vector<int16_t> x(static_cast<size_t>(blocks_ * blockSize));
    padRow(input, r, x.data());
    const int32_t *exponent = input.exponent.data() + r * blocks_;
    int32_t largest = *std::max_element(exponent, exponent + blocks_); // A5
    for (int64_t o = 0; o < result.cols; ++o) {
      const int16_t *w = elements_.data() + o * blocks_ * blockSize;
      const int32_t *difference = difference_.data() + o * blocks_;
      int64_t sum = 0; // A8
      for (int64_t b = 0; b < blocks_; ++b)
        sum += align(termOf(x.data() + b * blockSize, w + b * blockSize), guardBits,
                     int64_t{largest} - exponent[b] + difference[b], limit);
      result.sum[static_cast<size_t>(r * result.cols + o)] = sum;
    }
    result.exponent[static_cast<size_t>(r)] = largest + largestExponent_ - guardBits; // A8
  });
  return result;
}

BlockIntegers LinearBitTrue::operator()(const BlockIntegers &input) const {
  return castSums(*config_.output, linearSumBits(config_), sums(input));
}

BlockIntegers castSums(const Format &format, int sumBits, const LinearSums &sums) {
  const int bits = mxintOperand(&format, "output").elementBits();
  BlockIntegers result = {sums.rows, sums.cols, BlockShape{}, {}, {}};
  const int64_t blocks = result.blocksPerRow();
  result.q.resize(sums.sum.size());
  result.exponent.resize(static_cast<size_t>(sums.rows * blocks));
  parallelFor(sums.rows, [&](int64_t r) {
    for (int64_t b = 0; b < blocks; ++b) {
      int64_t at = r * sums.cols + b * blockSize, count = std::min(blockSize, sums.cols - b * blockSize);
      result.exponent[static_cast<size_t>(r * blocks + b)] = castBlock(
          bits, sumBits, sums.sum.data() + at, count, sums.exponent[static_cast<size_t>(r)], result.q.data() + at);
    }
  });
  return result;
}

void linearBitTrue(const LinearConfig &config, const BlockIntegers &weight, const BlockIntegers &input,
                   BlockIntegers &output) {
  output = LinearBitTrue(config, weight)(input);
}

} // namespace mase
