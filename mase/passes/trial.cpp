// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/passes/trial.h"

namespace mase {

PassTrials runPasses(Weights &weights, std::span<const Pass> passes, std::span<const WindowView> text,
                     const FormatAssignment &assignment, bool drop) {
  std::vector<std::span<const int32_t>> windows;
  for (const WindowView &window : text)
    windows.push_back(window.inputs);
  const auto lossNow = [&] {
    Plan plan = weights.plan();
    return evaluate(plan, assignment, text).loss;
  };
  PassTrials result;
  result.first = result.loss = lossNow();
  for (const Pass &pass : passes) {
    const Weights before = weights;
    pass.run({weights, windows, assignment});
    const double loss = lossNow();
    const bool kept = !drop || loss < result.loss;
    result.trials.push_back({pass.name, loss, kept});
    if (kept)
      result.loss = loss;
    else
      weights.assign(before);
  }
  return result;
}

} // namespace mase
