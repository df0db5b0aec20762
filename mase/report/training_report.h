// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What `mase train` reports: its recipe, the loss of every step, and the loss on a text before and after.
///
/// The folder of a trained model has it as training.json and the curve as loss.svg. Nothing in them depends on time or
/// threads: the same training gives the same bytes.
#pragma once

#include "mase/passes/training/recipe.h"

#include <map>
#include <nlohmann/json.hpp>
#include <optional>

namespace mase {

/// Nats a token.
struct TestLosses {
  double floats = 0;  ///< the float model as it was
  double before = 0;  ///< in the formats, untrained
  double trained = 0; ///< in the formats, trained
  /// Of what the formats add.
  double shareLeft() const { return before == floats ? 0 : (trained - floats) / (before - floats); }
};

struct TrainingReport {
  Recipe recipe;
  std::vector<float> losses; ///< of the steps
  std::optional<TestLosses> test;
};

nlohmann::ordered_json toJson(const TrainingReport &report);
std::string toText(const TrainingReport &report);
/// training.json and loss.svg, text by name.
std::map<std::string, std::string> filesOf(const TrainingReport &report);

} // namespace mase
