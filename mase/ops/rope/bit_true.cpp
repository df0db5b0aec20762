// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/rope/bit_true.h"

#include "mase/support/parallel.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>
#include <numeric>

namespace mase {
namespace {

constexpr int guardBits = 4, argumentBits = 18, droppedBits = 12;

} // namespace

TabulatedFunction quarterSine() {
  return {"quarter_sine", [](double z) { return std::sin(std::numbers::pi * z / 2); }, 16, argumentBits};
}

int64_t ropeSine(uint32_t phase) {
  static const FunctionTable &table = functionTable(quarterSine());
  constexpr uint32_t quarter = 1U << argumentBits;
  const uint32_t quadrant = phase >> 30, u = phase >> (30 - argumentBits) & (quarter - 1);
  const int64_t magnitude = table((quadrant & 1) != 0 ? quarter - u : u);
  return (quadrant & 2) != 0 ? -magnitude : magnitude;
}

RopeBitTrue::RopeBitTrue(int64_t headDim, const RopeAngles &angles) : headDim_(headDim) {
  assert(headDim > 0 && headDim % 2 == 0);
  for (double frequency : ropeFrequencies(angles, headDim))
    steps_.push_back(static_cast<uint32_t>(std::llround(std::ldexp(frequency / (2 * std::numbers::pi), 32))));
}

int64_t RopeBitTrue::groupFeatures() const { return std::lcm(headDim_, WideRows::blockCols); }

void RopeBitTrue::row(const WholeRows &x, int64_t r, uint32_t position, WideRows &result) const {
  const int64_t cols = result.cols, blocks = result.blocksPerRow(), half = std::ssize(steps_);
  const int64_t groupBlocks = groupFeatures() / WideRows::blockCols;
  std::vector<int32_t> values(static_cast<size_t>(cols));
  x.read(r, values.data());
  int64_t *a = result.sum.data() + r * cols;
  for (int64_t group = 0; group < blocks; group += groupBlocks) {
    const int64_t last = std::min(blocks, group + groupBlocks);
    int32_t largest = x.exponent(r, group);
    for (int64_t b = group; b < last; ++b)
      largest = std::max(largest, x.exponent(r, b));
    for (int64_t b = group; b < last; ++b) {
      const int64_t shift = int64_t{largest} - x.exponent(r, b), end = std::min(cols, (b + 1) * WideRows::blockCols);
      for (int64_t i = b * WideRows::blockCols; i < end; ++i)
        a[i] = roundingShift(int64_t{values[static_cast<size_t>(i)]} << guardBits, shift);
      result.exponent[static_cast<size_t>(r * blocks + b)] = largest - 2 * guardBits;
    }
  }
  std::vector<int64_t> cosine(static_cast<size_t>(half)), sine(cosine.size());
  for (size_t j = 0; j < sine.size(); ++j) {
    const uint32_t phase = position * steps_[j];
    sine[j] = ropeSine(phase), cosine[j] = ropeSine(phase + (1U << 30));
  }
  for (int64_t head = 0; head < cols; head += headDim_) {
    for (int64_t i = head + 2 * half; i < head + headDim_; ++i)
      a[i] *= 1 << guardBits; // as if turned by nothing
    for (int64_t j = 0; j < half; ++j) {
      int64_t &first = a[head + j], &second = a[head + half + j];
      const auto at = static_cast<size_t>(j);
      const int64_t turned = roundingShift(first * cosine[at] - second * sine[at], droppedBits);
      second = roundingShift(second * cosine[at] + first * sine[at], droppedBits);
      first = turned;
    }
  }
}

WideRows RopeBitTrue::operator()(const Format &format, const BlockIntegers &x, int64_t firstPosition) const {
  const WholeRows rows(format, x);
  assert(rows.cols() % headDim_ == 0);
  WideRows result(rows.rows(), rows.cols(), rows.bits() + 10);
  parallelFor(result.rows, [&](int64_t r) { row(rows, r, static_cast<uint32_t>(firstPosition + r), result); });
  return result;
}

} // namespace mase
