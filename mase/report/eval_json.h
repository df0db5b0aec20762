// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What an evaluation reports, with the keys that scripts rely on (docs/cli.md).
///
/// Losses are in nats a target; `average_bits` is AverageBits::all.
#pragma once

#include "mase/runtime/evaluate.h"

#include <nlohmann/json.hpp>

namespace mase {

struct EvalReport {
  std::string level; // "float", "emulated"
  int64_t windows = 0;
  int64_t bytes = 0; // of the text that the targets stand for; 0: they are classes
  AverageBits averageBits;
  LossResult result;
  double seconds = 0;
  std::string task = "lm";
};

double bitsPerByte(const EvalReport &report);

/// task, level, examples, tokens, loss, perplexity, bits_per_byte, accuracy, average_bits, seconds; of a task without
/// successors perplexity and bits_per_byte are null
nlohmann::ordered_json toJson(const EvalReport &report);

/// {weights, activations, all}
nlohmann::ordered_json toJson(const AverageBits &bits);

} // namespace mase
