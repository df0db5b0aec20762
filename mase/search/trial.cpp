// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/trial.h"

#include <fmt/format.h>

namespace mase {

Objective lossObjective() {
  return {"loss", Direction::minimize, [](const Evaluation &evaluation, double) { return evaluation.loss; }};
}

Objective accuracyAndBitsObjective(double k) {
  return {fmt::format("accuracy + {} / average bits", k), Direction::maximize,
          [k](const Evaluation &evaluation, double averageBits) { return evaluation.accuracy + k / averageBits; }};
}

} // namespace mase
