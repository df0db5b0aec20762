// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/norm_rows.h"

#include "mase/support/parallel.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <climits>
#include <cmath>

namespace mase {
namespace {

constexpr int guardBits = 10;

/// floor(value * 2^left)
int64_t shiftFloor(int64_t value, int left) { return left >= 0 ? value << left : value >> -left; }

/// ceil(x / 2)
int halfUp(int x) { return (x + 1) >> 1; }

/// x = result * 2^exponent to nearest even.
int64_t inUnits(double x, int exponent) { return static_cast<int64_t>(std::nearbyint(std::ldexp(x, -exponent))); }

} // namespace

TabulatedFunction reciprocalRoot() {
  return {"reciprocal_root", [](double z) { return 0.5 / std::sqrt(z); }, 16, 17, 1U << 15};
}

int NormConstants::dropped(const Format &format) {
  // Blocks have a large element each; of a static scale whole rows may be small.
  return std::max(0, edgeBits(format) - (format.scaleBits() == 0 ? 12 : 6));
}

int32_t NormConstants::leastExponent(const Format &format) const {
  if (kappa == 0)
    return INT_MIN / 2;
  return halfUp(z - 18 - featureBits) + guardBits - dropped(format);
}

NormRows::NormRows(Centering centering, double epsilon, std::span<const float> gain, std::span<const float> offset)
    : centering_(centering) {
  assert(!gain.empty() && (offset.empty() || offset.size() == gain.size()) && epsilon >= 0);
  NormConstants &c = constants_;
  c.features = static_cast<int64_t>(gain.size());
  c.featureBits = static_cast<int>(std::bit_width(gain.size() - 1));
  c.rho = std::llround(std::ldexp(1.0, 16 + c.featureBits) / static_cast<double>(c.features));
  const double total = static_cast<double>(c.features) * epsilon, root = std::sqrt(static_cast<double>(c.features));
  if (total > 0) {
    c.z = std::ilogb(total) - 15;
    c.kappa = inUnits(total, c.z);
    if (c.kappa == 1 << 16)
      c.kappa >>= 1, ++c.z;
  }
  for (c.g = -126;; ++c.g) {
    auto fits = [&](std::span<const float> values, double factor, int exponent, int bits) {
      return std::all_of(values.begin(), values.end(), [&](float v) {
        return std::abs(std::nearbyint(std::ldexp(v * factor, -exponent))) < std::ldexp(1.0, bits);
      });
    };
    if (fits(gain, root, c.g, 15) && fits(offset, 1, c.g - 8, 38))
      break;
  }
  for (float v : gain)
    c.gain.push_back(static_cast<int32_t>(inUnits(v * root, c.g)));
  c.offset.resize(gain.size());
  uint64_t largest = 0;
  for (size_t i = 0; i < offset.size(); ++i) {
    c.offset[i] = inUnits(offset[i], c.g - 8);
    largest = std::max(largest, static_cast<uint64_t>(std::abs(c.offset[i])));
  }
  c.offsetBits = static_cast<int>(std::bit_width(largest));
}

void NormRows::row(const Format &format, const WholeRows &x, int64_t r, int64_t head, WideRows &result) const {
  const NormConstants &k = constants_;
  const int64_t cols = k.features, from = head * cols, to = from + cols, blocks = result.blocksPerRow();
  const int64_t firstBlock = from / WideRows::blockCols, lastBlock = (to - 1) / WideRows::blockCols;
  int32_t exponent = k.leastExponent(format); // O9
  for (int64_t b = firstBlock; b <= lastBlock; ++b)
    exponent = std::max(exponent, x.exponent(r, b));
  std::vector<int32_t> values(static_cast<size_t>(result.cols));
  x.read(r, values.data());
  int64_t *d = result.sum.data() + r * result.cols + from, sum = 0;
  for (int64_t b = firstBlock; b <= lastBlock; ++b) {
    const int64_t shift = int64_t{exponent} - x.exponent(r, b);
    const int64_t first = std::max(from, b * WideRows::blockCols), end = std::min(to, (b + 1) * WideRows::blockCols);
    for (int64_t i = first; i < end; ++i)
      sum += d[i - from] = roundingShift(int64_t{values[static_cast<size_t>(i)]} << guardBits, shift);
  }
  if (centering_ == Centering::mean) {
    const int64_t mean = roundingShift(k.rho * sum, 16 + k.featureBits);
    for (int64_t i = 0; i < cols; ++i)
      d[i] -= mean;
  }
  const int dropped = NormConstants::dropped(format); // O10
  const int64_t v = int64_t{exponent} - guardBits + dropped;
  int64_t squares = 0;
  for (int64_t i = 0; i < cols; ++i) {
    const int64_t c = roundingShift(d[i], dropped);
    squares += c * c;
  }
  const int64_t variance = std::max(int64_t{1}, squares + (k.kappa == 0 ? 0 : roundingShift(k.kappa, 2 * v - k.z)));
  const int l = (static_cast<int>(std::bit_width(static_cast<uint64_t>(variance))) - 1) / 2; // O11
  static const FunctionTable &table = functionTable(reciprocalRoot());
  const int64_t factor = table(static_cast<uint32_t>(shiftFloor(variance, 15 - 2 * l)));
  for (int64_t i = 0; i < cols; ++i) {
    const int64_t nu = roundingShift(d[i] * factor, l + dropped - 6);
    d[i] = roundingShift(nu * k.gain[static_cast<size_t>(i)], 14) + k.offset[static_cast<size_t>(i)]; // O12
  }
  for (int64_t b = firstBlock; b <= lastBlock; ++b)
    result.exponent[static_cast<size_t>(r * blocks + b)] = k.g - 8;
}

WideRows NormRows::operator()(const Format &format, const BlockIntegers &x) const {
  const WholeRows rows(format, x);
  assert(rows.cols() % constants_.features == 0);
  const int64_t heads = rows.cols() / constants_.features;
  WideRows result(rows.rows(), rows.cols(), constants_.sumBits());
  parallelFor(result.rows, [&](int64_t r) {
    for (int64_t head = 0; head < heads; ++head)
      row(format, rows, r, head, result);
  });
  return result;
}

} // namespace mase
