// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/evaluate.h"

#include "mase/runtime/sequence_pool.h"
#include "mase/runtime/window_loss.h"
#include "mase/support/parallel.h"

#include <algorithm>
#include <atomic>

namespace mase {

LossResult evaluate(Plan &plan, const FormatAssignment &assignment, std::span<const WindowView> windows,
                    const Reference *reference, const RunOptions &options, const WindowProgress &progress) {
  plan.prepare(assignment);
  std::atomic<int64_t> done = 0;
  SequencePool<Plan, Sequence> pool(plan);
  std::vector<WindowLoss> losses(windows.size());
  parallelFor(static_cast<int64_t>(windows.size()), [&](int64_t w) {
    const auto at = static_cast<size_t>(w);
    std::unique_ptr<Sequence> sequence = pool.take();
    losses[at].add(plan.run(*sequence, windows[at].inputs, assignment, options), 0,
                   rowsWithoutTarget(plan.graph(), windows[at]), windows[at], at, reference);
    pool.giveBack(std::move(sequence));
    if (progress)
      progress(++done);
  });
  return totalLoss(losses, windows, reference != nullptr);
}

LossResult evaluate(const BitTruePlan &plan, std::span<const WindowView> windows, const WindowProgress &progress) {
  std::atomic<int64_t> done = 0;
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
      losses[at].add({logits.data(), wide.rows, wide.cols}, static_cast<int64_t>(first),
                     rowsWithoutTarget(plan.graph(), windows[at]), windows[at], at, nullptr);
    }
    pool.giveBack(std::move(sequence));
    if (progress)
      progress(++done);
  });
  return totalLoss(losses, windows, false);
}

} // namespace mase
