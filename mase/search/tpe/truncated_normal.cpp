// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/tpe/truncated_normal.h"

#include <cmath>
#include <limits>
#include <numbers>

namespace mase::tpe {
namespace {

double normalBelow(double x) {
  double scaled = x / std::numbers::sqrt2;
  if (std::abs(x) < 1)
    return 0.5 + 0.5 * std::erf(scaled);
  return x < 0 ? 0.5 * std::erfc(-scaled) : 1 - 0.5 * std::erfc(scaled);
}

/// log(exp(p) - exp(q)) for p > q.
double logDifference(double p, double q) { return p + std::log1p(-std::exp(q - p)); }

} // namespace

double logNormalBelow(double x) {
  if (x > 6)
    return -normalBelow(-x); // log(1 - tiny)
  if (x > -20)
    return std::log(normalBelow(x));
  // Phi(x) = phi(x) / -x * (1 - 1/x^2 + 3/x^4 - 15/x^6 ...)
  double sum = 1, last = 0, term = 1;
  for (int i = 1; std::abs(last - sum) > std::numeric_limits<double>::epsilon(); ++i) {
    last = sum;
    term *= -(2 * i - 1) / (x * x);
    sum += term;
  }
  return -0.5 * x * x - std::log(-x) - 0.5 * std::log(2 * std::numbers::pi) + std::log(sum);
}

double logNormalMass(double a, double b) {
  // The right tail is the left one mirrored; around zero the complement loses nothing.
  if (b <= 0)
    return logDifference(logNormalBelow(b), logNormalBelow(a));
  if (a > 0)
    return logDifference(logNormalBelow(-a), logNormalBelow(-b));
  return std::log1p(-normalBelow(a) - normalBelow(-b));
}

} // namespace mase::tpe
