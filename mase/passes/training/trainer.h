// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Training by a recipe: which text a step reads, the teacher beside it, the change of the weights.
///
/// Steps are numbered from 1. What a step computes depends on the weights, the moments and the step's number alone.
#pragma once

#include "mase/passes/training/recipe.h"
#include "mase/runtime/plan.h"
#include "mase/runtime/sequence_pool.h"
#include "mase/runtime/training/training_plan.h"

namespace mase {

struct StepReport {
  double loss = 0;       ///< what is minimised, nats a token
  double text = 0;       ///< of the text, nats a token
  double divergence = 0; ///< from the teacher, nats a token; 0 without one
  double norm = 0;       ///< of the gradients, before clipping
  double rate = 0;
};

class Trainer {
public:
  /// `teacher` is a float model of the same vocabulary for sequences as long, or null where recipe.distillation is 0.
  /// All live as long as this. Needs more than recipe.context ids.
  Trainer(TrainingPlan &plan, Plan *teacher, std::span<const int32_t> ids, const Recipe &recipe);

  StepReport step(int64_t number);

private:
  void fill(size_t i, const TrainingExample &example, std::span<const TensorView> arguments) const;
  TrainingPlan &plan_;
  Plan *teacher_;
  FormatAssignment floats_; // of the teacher
  std::unique_ptr<SequencePool<Plan, Sequence>> teachers_;
  std::span<const int32_t> ids_;
  Recipe recipe_;
};

} // namespace mase
