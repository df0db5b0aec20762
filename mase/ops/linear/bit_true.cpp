// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/bit_true.h"

#include "mase/ops/linear/cast_integers.h"
#include "mase/ops/linear/operands.h"
#include "mase/ops/wide_rows.h"
#include "mase/support/error.h"
#include "mase/support/parallel.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstdlib>

namespace mase {
namespace {

constexpr int64_t blockSize = 32;

int64_t blocksOf(int64_t features) { return (features + blockSize - 1) / blockSize; }

/// A4: 32 products of at most 26 bits fit 32 bits.
int32_t exactTerm(const int16_t *x, const int16_t *w, int64_t features) {
  int32_t sum = 0;
  for (int64_t k = 0; k < features; ++k)
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

/// |S| * 2^-right to nearest even; `right` may be negative.
int64_t shiftNearestEven(int64_t value, int64_t right) {
  if (value == 0 || right > 62)
    return 0; // sums have at most 63 bits, and zero lies any number of octaves below its block's scale
  if (right <= 0)
    return value * (int64_t{1} << -right);
  int64_t floor = value >> right, rest = value - (floor << right), half = int64_t{1} << (right - 1);
  return floor + (rest > half || (rest == half && (floor & 1) != 0) ? 1 : 0);
}

/// A10, A19: the code of the element's magnitude for the magnitude |S| = `value` of exponent `exponent`, by its block's
/// scale.
uint32_t magnitudeCode(const LinearOperand &output, int64_t value, int exponent, int scale) {
  const int mantissaBits = output.significandBits - 1, unit = scale + output.unitExponent - exponent;
  int shift = 0; // of the element; of integers always zero
  if (output.maxShift > 0 && value > 0)
    shift = std::max(0, static_cast<int>(std::bit_width(static_cast<uint64_t>(value))) - 1 - unit - mantissaBits);
  if (value > 0 && static_cast<int>(std::bit_width(static_cast<uint64_t>(value))) - unit - shift > 32)
    return output.layout.largestCode; // far beyond: scales of few bits end early (A13)
  // The leading one of the significand carries into the field, and so does rounding up.
  auto code = (static_cast<int64_t>(shift) << mantissaBits) + shiftNearestEven(value, int64_t{unit} + shift);
  return static_cast<uint32_t>(std::min(code, int64_t{output.layout.largestCode}));
}

/// A26: the code of the table's value for a sum, by its block's scale.
uint32_t tableCode(const LinearOperand &output, int64_t sum, int exponent, int scale) {
  const auto magnitude = static_cast<uint64_t>(std::abs(sum));
  const int right = scale + output.unitExponent - 1 - exponent; // to halves of the unit
  uint64_t twice = 0;                                           // those halves, and below them whether anything is left
  if (right > 62 || magnitude == 0)
    twice = magnitude != 0 ? 1 : 0;
  else if (right >= 0)
    twice = (magnitude >> right) << 1 | (magnitude & ((uint64_t{1} << right) - 1) ? 1 : 0);
  else
    twice = static_cast<int>(std::bit_width(magnitude)) - right > 40 ? uint64_t{1} << 40 : magnitude << (1 - right);
  uint32_t code = output.code(0, 0);
  for (const TableDecision &decision : output.decisions)
    if (decision.negative == (sum < 0) && twice > uint64_t{2} * decision.above)
      code = decision.code;
  return code;
}

/// A9 to A13, A19, A20 and A26 on one block.
struct CastBlock {
  const LinearOperand &output;
  int sumBits;

  /// Writes significands, and shifts if there are any; returns their exponent.
  int32_t operator()(const int64_t *sum, int64_t count, int32_t exponent, int32_t *q, uint8_t *shift) const {
    const uint64_t largest = largestMagnitude(sum, count);
    const int rounds = output.roundsScale ? 1 : 0;
    const int minScale = -output.scaleBias(), maxScale = output.scaleBias();
    const bool wide = output.scaleBits == 8;
    if (largest == 0 || (wide && exponent + sumBits - 2 + rounds - output.topExponent < minScale)) { // A11, A12
      std::fill(q, q + count, 0);
      return minScale + output.unitExponent;
    }
    int leading = static_cast<int>(std::bit_width(largest)) - 1;
    if (rounds != 0 && leading > 0 && (largest >> (leading - 1) & 1) != 0) // A20
      ++leading;
    int scale = std::max(leading + exponent - output.topExponent, minScale); // A9
    if (!wide)
      scale = std::min(scale, maxScale); // A13
    const int right = scale + output.unitExponent - exponent;
    if (output.layout.kind == CodeLayout::Kind::integer && right >= 1 && right <= 62) { // A10
      const auto most = static_cast<int32_t>(output.layout.largestCode);
      castIntegers(sum, count, right, -most, most, q);
      return std::min(scale, maxScale) + output.unitExponent; // A13
    }
    for (int64_t i = 0; i < count; ++i) {
      if (output.isTable()) {
        q[i] = output.format->elementInteger(tableCode(output, sum[i], exponent, scale)).significand;
        continue;
      }
      const uint32_t code = magnitudeCode(output, std::abs(sum[i]), exponent, scale);
      const ElementInteger element = output.format->elementInteger(code);
      q[i] = sum[i] < 0 ? -element.significand : element.significand;
      if (shift)
        shift[i] = static_cast<uint8_t>(element.shift);
    }
    return std::min(scale, maxScale) + output.unitExponent; // A13
  }
};

} // namespace

int linearTermBits(const LinearConfig &config) {
  const LinearOperand weight = linearWeight(config.weight);
  return productWindow(linearOperand(config.input, "input"), weight).bits + 1 +
         static_cast<int>(std::bit_width(static_cast<unsigned>(weight.termFeatures()) - 1)) +
         weight.scaleLayout.significandBits;
}

int linearGuardBits(const LinearConfig &config) {
  return linearOperand(config.input, "input").scaleBits + linearWeight(config.weight).scaleBits > 0 ? config.guardBits
                                                                                                    : 0;
}

int linearSumBits(const LinearConfig &config) {
  const LinearOperand weight = linearWeight(config.weight), input = linearOperand(config.input, "input");
  auto terms = static_cast<uint64_t>(blocksOf(config.inFeatures) * (blockSize / weight.termFeatures()) +
                                     (config.hasBias ? 1 : 0));
  const int bits = linearTermBits(config) + linearGuardBits(config) + static_cast<int>(std::bit_width(terms - 1)) +
                   sumFactorBits(input, weight, linearOutput(config.output));
  if (bits > 63)
    fail("the sum of {} features takes {} bits (63 are possible: fewer guard bits)", config.inFeatures, bits);
  return bits;
}

LinearBias linearBias(const LinearConfig &config, const SumFactor &factor, std::span<const float> bias) {
  const LinearOperand output = linearOutput(config.output);
  const bool ofRows = linearWeight(config.weight).rowFactors;
  std::vector<float> divided(bias.begin(), bias.end());
  if (ofRows)
    for (size_t o = 0; o < divided.size(); ++o)
      divided[o] /= static_cast<float>(std::max<int64_t>(factor.of(static_cast<int64_t>(o)), 1));
  return quantizeBias(divided, std::ldexp(static_cast<double>(ofRows ? 1 : factor.of(0)) *
                                              (output.factorBits > 0 ? output.step.significand : 1),
                                          factor.exponent));
}

int leastRowExponent(const LinearConfig &config, const LinearBias &bias, int tensorExponent) {
  const int dropped = productWindow(linearOperand(config.input, "input"), linearWeight(config.weight)).dropped;
  return bias.exponent - tensorExponent - dropped - linearTermBits(config) + 16;
}

void LinearBitTrue::Rows::add(const BlockIntegers &from, int64_t row, bool whole) {
  const size_t old = integer.size(), count = static_cast<size_t>(blocksOf(from.cols) * blockSize); // A3
  const int32_t *q = from.q.data() + row * from.cols;
  const uint8_t *s = from.shift.empty() ? nullptr : from.shift.data() + row * from.cols;
  integer.resize(old + count);
  int16_t *to = integer.data() + old;
  for (int64_t c = 0; c < from.cols; ++c)
    to[c] = static_cast<int16_t>(q[c]);
  if (whole && s)
    for (int64_t c = 0; c < from.cols; ++c)
      to[c] = static_cast<int16_t>(q[c] * (1 << s[c]));
  if (whole)
    return;
  shift.resize(old + count);
  if (s)
    std::copy_n(s, from.cols, shift.data() + old);
}

LinearBitTrue::LinearBitTrue(const LinearConfig &config, const BlockIntegers &weight, std::span<const float> bias)
    : config_(config), blocks_(blocksOf(config.inFeatures)) {
  const LinearOperand input = linearOperand(config.input, "input"), own = linearWeight(config.weight);
  linearSumBits(config);
  guardBits_ = linearGuardBits(config);
  assert(config.hasBias == !bias.empty() && (bias.empty() || std::ssize(bias) == config.outFeatures));
  assert(weight.rows == config.outFeatures && weight.cols == config.inFeatures);
  window_ = productWindow(input, own);
  significandBits_ = input.significandBits + own.significandBits;
  auto fits = [](const LinearOperand &x) { return x.significandBits + x.maxShift <= 15; };
  whole_ = window_.dropped == 0 && window_.bits <= 26 && fits(input) && fits(own);
  for (int64_t o = 0; o < weight.rows; ++o)
    weights_.add(weight, o, whole_);
  largestExponent_ = *std::max_element(weight.exponent.begin(), weight.exponent.end()); // A5
  termFeatures_ = own.termFeatures();
  terms_ = blocks_ * (blockSize / termFeatures_);
  for (int64_t o = 0; o < weight.rows; ++o)
    for (int64_t t = 0; t < terms_; ++t) {
      // Of a block behind the row's edge (A3) any scale does.
      const int64_t block = own.block == 0 ? 0 : std::min(t * termFeatures_ / own.block, weight.blocksPerRow() - 1);
      const auto at = static_cast<size_t>(own.block == 0 ? 0 : o * weight.blocksPerRow() + block);
      difference_.push_back(own.rowFactors ? 0 : largestExponent_ - weight.exponent[at]);
      if (own.scaleLayout.significandBits > 0) // A21
        scale_.push_back(weight.scale[at]);
    }
  if (whole_ && scale_.empty() && AlignedWeights::takes(linearTermBits(config), guardBits_))
    aligned_ = packAligned(weight.rows, terms_, termFeatures_, linearTermBits(config), guardBits_,
                           weights_.integer.data(), difference_.data());
  const LinearOperand output = linearOutput(config.output);
  std::vector<ScaleInteger> scales = {{1, 0}};
  if (own.rowFactors) { // A27
    scales.clear();
    for (size_t o = 0; o < weight.scale.size(); ++o)
      scales.push_back({weight.scale[o], weight.exponent[o] - largestExponent_});
  } else if (own.factorBits > 0) { // A21
    scales[0].significand = own.block == 0 ? weight.scale[0] : weight.outer[0];
  }
  factor_ = sumFactor(input, own, output, scales); // A23
  bias_ = linearBias(config, factor_, bias);
  leastExponent_ = leastRowExponent(config, bias_, largestExponent_);
}

/// A4, A18: each product is shifted down from the place of the largest shift.
int64_t LinearBitTrue::windowTerm(const Rows &x, int64_t at, int64_t weightAt) const {
  const int space = window_.bits - significandBits_, largest = window_.dropped + space; // shift of both together
  int64_t sum = 0;
  for (int64_t k = 0; k < termFeatures_; ++k) {
    const auto i = static_cast<size_t>(at + k), j = static_cast<size_t>(weightAt + k);
    sum += align(int64_t{x.integer[i]} * weights_.integer[j], space, largest - x.shift[i] - weights_.shift[j],
                 significandBits_ + 1 + space);
  }
  return sum;
}

void LinearBitTrue::addTerms(const Rows &x, const int32_t *exponent, bool isStatic, int32_t largest,
                             int64_t *sum) const {
  const int limit = linearTermBits(config_) + guardBits_;
  const int64_t termsPerBlock = blockSize / termFeatures_;
  for (int64_t o = 0; o < config_.outFeatures; ++o)
    for (int64_t t = 0; t < terms_; ++t) {
      const int64_t at = t * termFeatures_, weightAt = o * blocks_ * blockSize + at;
      const auto scaleAt = static_cast<size_t>(o * terms_ + t);
      int64_t term = whole_ ? exactTerm(x.integer.data() + at, weights_.integer.data() + weightAt, termFeatures_)
                            : windowTerm(x, at, weightAt);
      if (!scale_.empty()) // A21
        term *= scale_[scaleAt];
      sum[o] +=
          align(term, guardBits_, largest - exponent[isStatic ? 0 : t / termsPerBlock] + difference_[scaleAt], limit);
    }
}

LinearSums LinearBitTrue::sums(const BlockIntegers &input) const {
  LinearSums result = {input.rows, config_.outFeatures, {}, {}};
  result.sum.resize(static_cast<size_t>(result.rows * result.cols));
  result.exponent.resize(static_cast<size_t>(result.rows));
  sums(input, result.sum.data(), result.exponent.data());
  return result;
}

void LinearBitTrue::sums(const BlockIntegers &input, int64_t *allSums, int32_t *rowExponent) const {
  assert(input.cols == config_.inFeatures);
  const int64_t outputs = config_.outFeatures;
  const int biasShift = linearTermBits(config_) + guardBits_ - 16;        // O17
  const bool isStatic = linearOperand(config_.input, "input").isStatic(); // one block is the tensor
  const int64_t termsPerBlock = blockSize / termFeatures_;
  constexpr int64_t chunk = 24; // rows that read each panel of weights together
  parallelFor((input.rows + chunk - 1) / chunk, [&](int64_t c) {
    const int64_t first = c * chunk, count = std::min(chunk, input.rows - first);
    Rows all;
    std::vector<int32_t> below;
    if (!aligned_.element.empty()) {
      all.integer.reserve(static_cast<size_t>(count * blocks_ * blockSize));
      below.reserve(static_cast<size_t>(count * terms_));
    }
    for (int64_t r = first; r < first + count; ++r) {
      const int32_t *exponent = input.exponent.data() + (isStatic ? 0 : r * blocks_);
      int32_t largest = *std::max_element(exponent, exponent + (isStatic ? 1 : blocks_)); // A5
      if (!bias_.b.empty())
        largest = std::max(largest, leastExponent_);                                                 // O17
      rowExponent[r] = largest + largestExponent_ - guardBits_ + window_.dropped + factor_.exponent; // A8, A23
      int64_t *sum = allSums + r * outputs;
      if (bias_.b.empty())
        std::fill_n(sum, outputs, int64_t{0});
      else // O17
        for (int64_t o = 0; o < outputs; ++o)
          sum[o] = roundingShift(bias_.b[static_cast<size_t>(o)], int64_t{largest} - leastExponent_ - biasShift);
      if (!aligned_.element.empty()) {
        all.add(input, r, true);
        for (int64_t t = 0; t < terms_; ++t)
          below.push_back(largest - exponent[isStatic ? 0 : t / termsPerBlock]);
        continue;
      }
      Rows x;
      x.add(input, r, whole_);
      addTerms(x, exponent, isStatic, largest, sum);
    }
    int64_t *sums = allSums + first * outputs;
    if (!aligned_.element.empty())
      addAlignedSums(aligned_, count, all.integer.data(), below.data(), sums, outputs);
    if (factor_.bits > 0) // A23
      for (int64_t i = 0; i < count * outputs; ++i)
        sums[i] *= factor_.of(i % outputs);
  });
}

BlockIntegers LinearBitTrue::operator()(const BlockIntegers &input) const {
  return castSums(*config_.output, linearSumBits(config_), sums(input));
}

namespace {

/// A25: each sum alone.
void castStatic(const LinearOperand &output, const SumView &sums, BlockIntegers &result) {
  const auto greatest = static_cast<int64_t>(output.layout.largestCode),
             least = output.symmetric ? -greatest : -greatest - 1;
  result.block = {sums.rows, sums.cols};
  result.exponent = {output.step.exponent};
  result.scale.clear();
  if (output.factorBits > 0)
    result.scale = {output.step.significand};
  const int64_t blocks = blocksOf(sums.cols);
  parallelFor(sums.rows, [&](int64_t r) {
    for (int64_t b = 0; b < (sums.ofRows ? 1 : blocks); ++b) { // sums under one exponent
      const int64_t first = b * blockSize, count = sums.ofRows ? sums.cols : std::min(blockSize, sums.cols - first);
      const int64_t right = int64_t{output.step.exponent} - sums.exponent[sums.ofRows ? r : r * blocks + b];
      const int64_t *sum = sums.sum + r * sums.cols + first;
      int32_t *q = result.q.data() + r * sums.cols + first;
      if (right >= 1 && right <= 62) {
        castIntegers(sum, count, static_cast<int>(right), static_cast<int32_t>(least), static_cast<int32_t>(greatest),
                     q);
        continue;
      }
      for (int64_t i = 0; i < count; ++i) {
        const int64_t magnitude = std::abs(sum[i]);
        // Left shifts stop where every sum but zero is beyond the largest code.
        const int64_t rounded = right < 0 && magnitude >> std::max<int64_t>(0, 24 + right) != 0
                                    ? greatest + 1
                                    : shiftNearestEven(magnitude, right);
        q[i] = static_cast<int32_t>(std::clamp(sum[i] < 0 ? -rounded : rounded, least, greatest));
      }
    }
  });
}

} // namespace

void castSums(const Format &format, int sumBits, const SumView &sums, BlockIntegers &result) {
  const LinearOperand output = linearOutput(&format);
  result.rows = sums.rows, result.cols = sums.cols;
  result.q.resize(static_cast<size_t>(sums.rows * sums.cols));
  result.shift.resize(!output.isStatic() && output.maxShift > 0 ? result.q.size() : 0);
  result.outer.clear();
  if (output.isStatic())
    return castStatic(output, sums, result);
  const CastBlock cast{output, sumBits};
  result.block = BlockShape{};
  result.scale.clear();
  const int64_t blocks = result.blocksPerRow();
  result.exponent.resize(static_cast<size_t>(sums.rows * blocks));
  parallelFor(sums.rows, [&](int64_t r) {
    for (int64_t b = 0; b < blocks; ++b) {
      const int64_t at = r * sums.cols + b * blockSize, count = std::min(blockSize, sums.cols - b * blockSize);
      result.exponent[static_cast<size_t>(r * blocks + b)] =
          cast(sums.sum + at, count, sums.exponent[sums.ofRows ? r : r * blocks + b], result.q.data() + at,
               result.shift.empty() ? nullptr : result.shift.data() + at);
    }
  });
}

BlockIntegers castSums(const Format &format, int sumBits, const LinearSums &sums) {
  BlockIntegers result;
  castSums(format, sumBits, {sums.rows, sums.cols, sums.sum.data(), sums.exponent.data()}, result);
  return result;
}

void linearBitTrue(const LinearConfig &config, const BlockIntegers &weight, const BlockIntegers &input,
                   BlockIntegers &output) {
  output = LinearBitTrue(config, weight)(input);
}

} // namespace mase
