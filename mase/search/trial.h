// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What a study consists of: trials, what evaluating one gives, and the value that is minimised or maximised.
///
/// A trial's number is its place in the study, from 0. Its choice is fixed and stored before it is evaluated, so a
/// trial whose process died (state `running`) is evaluated again under the same number with the same choice.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace mase {

/// One index into Variable::choices for each variable of the space, in the space's order.
using Choice = std::vector<int>;

/// What one assignment does to the model.
struct Evaluation {
  double loss = 0;                  // nats a token, over all windows
  std::vector<double> windowLosses; // of equal windows of text, the same ones in each trial; for paired comparison
  double accuracy = 0;              // share of next tokens (or of examples) that are right
  /// KL(float || quantised) of the same windows (mase/runtime/reference.h), or empty. Where there are divergences, they
  /// rank trials instead of losses: they estimate the loss that quantising adds with far less noise.
  std::vector<double> windowDivergences;
};

/// Evaluates one choice. Must be deterministic: a resumed study compares new evaluations with stored ones.
using Evaluate = std::function<Evaluation(const Choice &)>;

enum class TrialState { running, complete };

struct Trial {
  int number = 0;
  TrialState state = TrialState::running;
  Choice choice;
  double averageBits = 0;
  Evaluation evaluation; // once complete
  double value = 0;      // Objective::value, once complete
  double cost = 0;       // Objective::cost, once complete
};

enum class Direction { minimize, maximize };

/// What a study optimises: a number made of an evaluation and its average bits, and the order of trials.
struct Objective {
  std::string name; // stored in the study, and compared when it is opened again
  Direction direction = Direction::minimize;
  /// A trial's value, as it is stored and reported.
  std::function<double(const Evaluation &, double averageBits)> value;
  /// What ranks trials, smaller is better: the value, or something that says the same with less noise.
  std::function<double(const Evaluation &, double averageBits)> cost;
};

/// The loss, minimised; ranked by the mean divergence where there is one. Meant for a space with a budget.
Objective lossObjective();
/// accuracy + k / average bits, maximised, without a budget. Source: arXiv 2307.15517, section 4.2.
Objective accuracyAndBitsObjective(double k);

} // namespace mase
