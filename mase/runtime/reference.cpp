// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/reference.h"

#include "mase/runtime/evaluate.h"
#include "mase/support/parallel.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace mase {

Reference::Reference(Plan &plan, std::span<const WindowView> windows, int64_t kept)
    : kept_(std::min(kept, plan.outputs())), windows_(windows.size()) {
  const FormatAssignment assignment = plan.uniform(fp32());
  plan.prepare(assignment);
  parallelFor(static_cast<int64_t>(windows.size()), [&](int64_t w) {
    Sequence sequence(plan);
    const ConstMatrixView logits = plan.run(sequence, windows[static_cast<size_t>(w)].inputs, assignment);
    Successors &successors = windows_[static_cast<size_t>(w)];
    std::vector<int32_t> order(static_cast<size_t>(logits.cols));
    for (int64_t t = 0; t < logits.rows; ++t) {
      const float *row = logits.row(t);
      std::iota(order.begin(), order.end(), 0);
      if (kept_ < logits.cols)
        std::nth_element(order.begin(), order.begin() + kept_, order.end(),
                         [row](int32_t a, int32_t b) { return row[a] != row[b] ? row[a] > row[b] : a < b; });
      std::sort(order.begin(), order.begin() + kept_); // ascending ids: a row is read in one sweep
      const double top = *std::max_element(row, row + logits.cols);
      double sum = 0, entropy = 0;
      for (int64_t i = 0; i < kept_; ++i)
        sum += std::exp(row[order[static_cast<size_t>(i)]] - top);
      for (int64_t i = 0; i < kept_; ++i) {
        const int32_t id = order[static_cast<size_t>(i)];
        const double logP = row[id] - top - std::log(sum), p = std::exp(logP);
        successors.ids.push_back(id);
        successors.probabilities.push_back(static_cast<float>(p));
        entropy += p * logP;
      }
      successors.negativeEntropy.push_back(entropy);
    }
  });
}

double Reference::divergence(size_t window, int64_t token, const float *logits, double logSum) const {
  const Successors &successors = windows_[window];
  const int32_t *ids = successors.ids.data() + token * kept_;
  const float *probabilities = successors.probabilities.data() + token * kept_;
  double expected = 0; // of the logits
  for (int64_t i = 0; i < kept_; ++i)
    expected += static_cast<double>(probabilities[i]) * static_cast<double>(logits[ids[i]]);
  return successors.negativeEntropy[static_cast<size_t>(token)] - expected + logSum;
}

} // namespace mase
