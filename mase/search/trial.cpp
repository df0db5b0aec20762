// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/trial.h"

#include <fmt/format.h>
#include <numeric>

namespace mase {

Objective lossObjective() {
  return {"loss", Direction::minimize, [](const Evaluation &evaluation, double) { return evaluation.loss; },
          [](const Evaluation &evaluation, double) {
            const std::vector<double> &windows = evaluation.windowDivergences;
            if (windows.empty())
              return evaluation.loss;
            return std::accumulate(windows.begin(), windows.end(), 0.0) / static_cast<double>(windows.size());
          }};
}

Objective accuracyAndBitsObjective(double k) {
  auto value = [k](const Evaluation &evaluation, double averageBits) { return evaluation.accuracy + k / averageBits; };
  return {fmt::format("accuracy + {} / average bits", k), Direction::maximize, value,
          [value](const Evaluation &evaluation, double averageBits) { return -value(evaluation, averageBits); }};
}

} // namespace mase
