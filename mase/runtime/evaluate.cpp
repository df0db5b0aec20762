// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/evaluate.h"

#include "mase/runtime/log_sum.h"
#include "mase/runtime/sequence_pool.h"
#include "mase/support/parallel.h"

#include <algorithm>

namespace mase {
namespace {

/// What is known of one window.
struct WindowLoss {
  double sum = 0, divergence = 0;
  int64_t hits = 0;
};

/// Rows of logits that have no target: the context of a continuation.
int64_t rowsWithoutTarget(const Graph &graph, const WindowView &window) {
  const bool perToken = graph.values[static_cast<size_t>(graph.steps.back().output)].rows < 0;
  return (perToken ? std::ssize(window.inputs) : 1) - std::ssize(window.targets);
}

/// Adds what the logits of tokens `first` and on of a window say. `reference` may be null.
void addLoss(WindowLoss &result, ConstMatrixView logits, int64_t first, int64_t unscored, const WindowView &window,
             size_t number, const Reference *reference) {
  for (int64_t t = std::max<int64_t>(0, unscored - first); t < logits.rows; ++t) {
    const float *row = logits.row(t);
    const LogSum rowSum = logSumOf(row, logits.cols);
    const int32_t target = window.targets[static_cast<size_t>(first + t - unscored)];
    result.sum += rowSum.logSum - row[target];
    if (reference)
      result.divergence += reference->divergence(number, first + t, row, rowSum.logSum);
    result.hits += isPrediction(row, target, rowSum.largest);
  }
}

LossResult total(const std::vector<WindowLoss> &losses, std::span<const WindowView> windows, bool divergence) {
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

} // namespace

LossResult evaluate(Plan &plan, const FormatAssignment &assignment, std::span<const WindowView> windows,
                    const Reference *reference, const RunOptions &options) {
  plan.prepare(assignment);
  SequencePool<Plan, Sequence> pool(plan);
  std::vector<WindowLoss> losses(windows.size());
  parallelFor(static_cast<int64_t>(windows.size()), [&](int64_t w) {
    const auto at = static_cast<size_t>(w);
    std::unique_ptr<Sequence> sequence = pool.take();
    addLoss(losses[at], plan.run(*sequence, windows[at].inputs, assignment, options), 0,
            rowsWithoutTarget(plan.graph(), windows[at]), windows[at], at, reference);
    pool.giveBack(std::move(sequence));
  });
  return total(losses, windows, reference != nullptr);
}

LossResult evaluate(const BitTruePlan &plan, std::span<const WindowView> windows) {
  SequencePool<BitTruePlan, BitTrueSequence> pool(plan);
  std::vector<WindowLoss> losses(windows.size());
  parallelFor(static_cast<int64_t>(windows.size()), [&](int64_t w) {
    const auto at = static_cast<size_t>(w);
    std::unique_ptr<BitTrueSequence> sequence = pool.take();
    const std::span<const int32_t> inputs = windows[at].inputs;
    const auto portion = static_cast<size_t>(plan.portion());
    for (size_t first = 0; first < inputs.size(); first += portion) {
      const WideRows wide = plan.run(*sequence, inputs.subspan(first, std::min(portion, inputs.size() - first)));
      const std::vector<float> logits = toFloats(wide);
      addLoss(losses[at], {logits.data(), wide.rows, wide.cols}, static_cast<int64_t>(first),
              rowsWithoutTarget(plan.graph(), windows[at]), windows[at], at, nullptr);
    }
    pool.giveBack(std::move(sequence));
  });
  return total(losses, windows, false);
}

} // namespace mase
