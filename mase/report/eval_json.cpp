// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/report/eval_json.h"

#include <cmath>

namespace mase {

double bitsPerByte(const EvalReport &report) {
  return report.result.loss * static_cast<double>(report.result.tokens) / static_cast<double>(report.bytes) /
         std::log(2.0);
}

nlohmann::ordered_json toJson(const EvalReport &report) {
  using Json = nlohmann::ordered_json;
  const bool continues = report.bytes > 0;
  return {{"task", report.task},
          {"level", report.level},
          {"examples", report.windows},
          {"tokens", report.result.tokens},
          {"loss", report.result.loss},
          {"perplexity", continues ? Json(std::exp(report.result.loss)) : Json(nullptr)},
          {"bits_per_byte", continues ? Json(bitsPerByte(report)) : Json(nullptr)},
          {"accuracy", report.result.accuracy},
          {"average_bits", report.averageBits.all},
          {"seconds", report.seconds},
          {"window_losses", report.result.windowLosses}}; // for paired comparisons
}

nlohmann::ordered_json toJson(const AverageBits &bits) {
  return {{"weights", bits.weights}, {"activations", bits.activations}, {"all", bits.all}};
}

} // namespace mase
