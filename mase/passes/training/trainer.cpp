// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/passes/training/trainer.h"

#include <algorithm>

namespace mase {

Trainer::Trainer(TrainingPlan &plan, Plan *teacher, std::span<const int32_t> ids, const Recipe &recipe)
    : plan_(plan), teacher_(teacher), ids_(ids), recipe_(recipe) {
  if (!teacher_)
    return;
  floats_ = teacher_->uniform(fp32());
  teacher_->prepare(floats_);
  teachers_ = std::make_unique<SequencePool<Plan, Sequence>>(*teacher_);
}

// The weight of each row in each loss, and what the teacher says of the sequence.
void Trainer::fill(size_t, const TrainingExample &example, std::span<const TensorView> arguments) const {
  const auto tokens = static_cast<double>(recipe_.batch * recipe_.context);
  const auto setAll = [](const TensorView &x, double value) {
    for (int64_t r = 0; r < x.rows; ++r)
      *x.head(0).row(r) = static_cast<float>(value);
  };
  setAll(arguments[0], (teacher_ ? 1 - recipe_.distillation : 1) / tokens);
  if (!teacher_)
    return;
  setAll(arguments[1], recipe_.distillation / tokens);
  std::unique_ptr<Sequence> sequence = teachers_->take();
  const ConstMatrixView logits = teacher_->run(*sequence, example.ids, floats_);
  for (int64_t r = 0; r < logits.rows; ++r)
    std::copy_n(logits.row(r), logits.cols, arguments[2].head(0).row(r));
  teachers_->giveBack(std::move(sequence));
}

StepReport Trainer::step(int64_t number) {
  std::vector<TrainingExample> batch;
  const auto length = static_cast<size_t>(recipe_.context);
  for (int64_t begin : sequencesAt(recipe_, number, std::ssize(ids_)))
    batch.push_back(
        {ids_.subspan(static_cast<size_t>(begin), length), ids_.subspan(static_cast<size_t>(begin) + 1, length), {}});
  const BatchLoss loss =
      plan_.run(batch, [&](size_t i, std::span<const TensorView> arguments) { fill(i, batch[i], arguments); });
  StepReport report = {loss.total(), 0, 0, plan_.gradientNorm(), rateAt(recipe_, number)};
  const double share = teacher_ ? recipe_.distillation : 0;
  report.text = share < 1 ? loss.losses[0] / (1 - share) : 0;
  report.divergence = share > 0 ? loss.losses[1] / share : 0;
  AdamWSettings settings = {report.rate, recipe_.beta1, recipe_.beta2, recipe_.epsilon, recipe_.decay, 1, number};
  if (recipe_.clip > 0 && report.norm > recipe_.clip)
    settings.gradient = recipe_.clip / report.norm;
  plan_.update(settings);
  return report;
}

} // namespace mase
