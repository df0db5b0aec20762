// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/window_loss.h"

#include "mase/runtime/log_sum.h"

#include <algorithm>

namespace mase {

int64_t rowsWithoutTarget(const Graph &graph, const WindowView &window) {
  const bool perToken = graph.values[static_cast<size_t>(graph.steps.back().output)].rows < 0;
  return (perToken ? std::ssize(window.inputs) : 1) - std::ssize(window.targets);
}

void WindowLoss::add(ConstMatrixView logits, int64_t first, int64_t unscored, const WindowView &window, size_t number,
                     const Reference *reference) {
  for (int64_t t = std::max<int64_t>(0, unscored - first); t < logits.rows; ++t) {
    const float *row = logits.row(t);
    const LogSum rowSum = logSumOf(row, logits.cols);
    const int32_t target = window.targets[static_cast<size_t>(first + t - unscored)];
    sum += rowSum.logSum - row[target];
    if (reference)
      divergence += reference->divergence(number, first + t, row, rowSum.logSum);
    hits += isPrediction(row, target, rowSum.largest);
  }
}

LossResult totalLoss(const std::vector<WindowLoss> &losses, std::span<const WindowView> windows, bool divergence) {
  LossResult result;
  double sum = 0;
  int64_t hit = 0, targets = 0;
  for (size_t w = 0; w < windows.size(); ++w) {
    const auto count = static_cast<double>(windows[w].targets.size());
    result.windowLosses.push_back(losses[w].sum / count);
    if (divergence)
      result.windowDivergences.push_back(losses[w].divergence / count);
    result.tokens += std::ssize(windows[w].inputs);
    targets += std::ssize(windows[w].targets);
    sum += losses[w].sum;
    hit += losses[w].hits;
  }
  result.loss = sum / static_cast<double>(targets);
  result.accuracy = static_cast<double>(hit) / static_cast<double>(targets);
  return result;
}

} // namespace mase
