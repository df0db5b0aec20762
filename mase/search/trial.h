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
  double value = 0;      // the objective, once complete
};

enum class Direction { minimize, maximize };

/// What a study optimises: a number made of an evaluation and its average bits.
struct Objective {
  std::string name; // stored in the study, and compared when it is opened again
  Direction direction = Direction::minimize;
  std::function<double(const Evaluation &, double averageBits)> value;

  /// The value as a cost: smaller is better, whatever the direction.
  double cost(double objectiveValue) const {
    return direction == Direction::minimize ? objectiveValue : -objectiveValue;
  }
};

/// The loss, minimised; meant for a space with a budget.
Objective lossObjective();
/// accuracy + k / average bits, maximised, without a budget. Source: arXiv 2307.15517, section 4.2.
Objective accuracyAndBitsObjective(double k);

} // namespace mase
