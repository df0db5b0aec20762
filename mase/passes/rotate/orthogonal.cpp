// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/passes/rotate/orthogonal.h"

#include "mase/support/random.h"

#include <bit>
#include <cmath>
#include <numbers>

namespace mase {
namespace {

using Matrix = std::vector<double>;

// Rows of normal numbers, made orthonormal one after the other.
Matrix randomOrthogonal(int64_t n, uint64_t seed) {
  Random random(seed, 1);
  Matrix q(static_cast<size_t>(n * n));
  for (double &value : q)
    value = std::sqrt(-2 * std::log(1 - random.uniform())) * std::cos(2 * std::numbers::pi * random.uniform());
  for (int64_t r = 0; r < n; ++r) {
    double *row = q.data() + r * n;
    for (int twice = 0; twice < 2; ++twice) // the second time removes what rounding left
      for (int64_t above = 0; above < r; ++above) {
        const double *other = q.data() + above * n;
        double dot = 0;
        for (int64_t c = 0; c < n; ++c)
          dot += row[c] * other[c];
        for (int64_t c = 0; c < n; ++c)
          row[c] -= dot * other[c];
      }
    double square = 0;
    for (int64_t c = 0; c < n; ++c)
      square += row[c] * row[c];
    for (int64_t c = 0; c < n; ++c)
      row[c] /= std::sqrt(square);
  }
  return q;
}

} // namespace

std::vector<float> orthogonal(int64_t size, uint64_t seed) {
  const int64_t power = size & -size, rest = size / power;
  const Matrix outer = rest == 1 ? Matrix{1} : randomOrthogonal(rest, seed);
  Random random(seed, 2);
  std::vector<double> signs(static_cast<size_t>(size));
  for (double &sign : signs)
    sign = random.bits() & 1 ? 1 : -1;
  std::vector<float> result(static_cast<size_t>(size * size));
  for (int64_t r = 0; r < size; ++r)
    for (int64_t c = 0; c < size; ++c) {
      const bool odd = std::popcount(static_cast<uint64_t>(r % power & c % power)) & 1;
      const double hadamard = (odd ? -1 : 1) / std::sqrt(static_cast<double>(power));
      result[static_cast<size_t>(r * size + c)] = static_cast<float>(
          outer[static_cast<size_t>(r / power * rest + c / power)] * hadamard * signs[static_cast<size_t>(c)]);
    }
  return result;
}

// P diag(1, R) P, where the reflection P exchanges the first axis and the vector of equal numbers.
std::vector<float> orthogonalKeepingMean(int64_t size, uint64_t seed) {
  const auto n = static_cast<size_t>(size);
  if (n == 1)
    return {1};
  const Matrix inner = randomOrthogonal(size - 1, seed);
  Matrix q(n * n, 0);
  q[0] = 1;
  for (size_t r = 1; r < n; ++r)
    for (size_t c = 1; c < n; ++c)
      q[r * n + c] = inner[(r - 1) * (n - 1) + c - 1];
  std::vector<double> v(n, 1 / std::sqrt(static_cast<double>(size)));
  v[0] -= 1;
  double square = 0;
  for (const double value : v)
    square += value * value;
  const auto reflect = [&](size_t first, size_t step) {
    double dot = 0;
    for (size_t i = 0; i < n; ++i)
      dot += v[i] * q[first + i * step];
    for (size_t i = 0; i < n; ++i)
      q[first + i * step] -= 2 * dot / square * v[i];
  };
  for (size_t c = 0; c < n; ++c)
    reflect(c, n);
  for (size_t r = 0; r < n; ++r)
    reflect(r * n, 1);
  return {q.begin(), q.end()};
}

} // namespace mase
