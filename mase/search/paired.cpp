// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/paired.h"

#include <cassert>
#include <cmath>

namespace mase {

const std::vector<double> &windowCosts(const Evaluation &evaluation) {
  return evaluation.windowDivergences.empty() ? evaluation.windowLosses : evaluation.windowDivergences;
}

PairedDifference pairedDifference(const Evaluation &a, const Evaluation &b) {
  const std::vector<double> &x = windowCosts(a), &y = windowCosts(b);
  assert(x.size() == y.size());
  PairedDifference difference;
  const auto count = static_cast<double>(x.size());
  for (size_t w = 0; w < x.size(); ++w)
    difference.mean += (x[w] - y[w]) / count;
  if (x.size() < 2)
    return difference;
  double square = 0;
  for (size_t w = 0; w < x.size(); ++w)
    square += std::pow(x[w] - y[w] - difference.mean, 2);
  difference.standardError = std::sqrt(square / (count * (count - 1)));
  return difference;
}

} // namespace mase
