// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What the float model predicts on windows of text, kept to measure how far a quantised one strays from it.
///
/// The divergence KL(float || quantised) estimates the loss that quantising adds, with about a tenth of the variance of
/// a difference of losses: a loss takes one successor of each token as drawn, the divergence averages over all of them.
/// A search that is to rank assignments on little text ranks by it (docs/search.md).
/// Memory  8 bytes x kept, for each token
#pragma once

#include "mase/runtime/plan.h"

namespace mase {

struct WindowView;

class Reference {
public:
  /// Runs `plan` in fp32 over the windows and keeps each token's `kept` likeliest successors, renormalised.
  Reference(Plan &plan, std::span<const WindowView> windows, int64_t kept = 256);

  /// KL(p || q) in nats, where p is what was kept for a token of a window, and q the softmax of `logits`, whose log of
  /// the sum of exponentials is `logSum`. At least 0 when everything was kept, but for rounding. Thread-safe.
  double divergence(size_t window, int64_t token, const float *logits, double logSum) const;

private:
  struct Successors { // of one window's tokens
    std::vector<int32_t> ids;
    std::vector<float> probabilities;
    std::vector<double> negativeEntropy; // sum of p log p, for each token
  };
  int64_t kept_;
  std::vector<Successors> windows_;
};

} // namespace mase
