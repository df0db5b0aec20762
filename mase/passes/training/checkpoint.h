// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A training in progress as a file: weights, moments, the step, the losses so far. Appears by rename.
///
/// A safetensors file; what the training was begun with stands in its metadata, so that it goes on only as it began.
/// Resuming gives the same bytes as a training that was never interrupted. Not thread-safe.
#pragma once

#include "mase/runtime/training/training_plan.h"

#include <filesystem>
#include <optional>

namespace mase {

struct TrainingProgress {
  int64_t step = 0;          ///< the last one that is done
  std::vector<float> losses; ///< of each step
};

/// `key` is what two trainings have in common if one may go on where the other stopped.
void writeCheckpoint(const std::filesystem::path &file, const std::string &key, TrainingPlan &plan,
                     const TrainingProgress &progress);

/// Reads weights and moments back into the plan; nothing when there is no such file.
/// Errors  InputError: the file is another training's, or damaged.
std::optional<TrainingProgress> readCheckpoint(const std::filesystem::path &file, const std::string &key,
                                               TrainingPlan &plan);

} // namespace mase
