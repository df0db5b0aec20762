// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Log-likelihoods of continuations: how probable a model finds the last ids of a text, given those in front of them.
///
/// Texts come in groups, the choices of one question. What all texts of a group begin with is run once: the others
/// go on from there through the KV cache. As rows do not depend on later ones, the numbers are the same as when each
/// text is run alone; where formats of activations share scales between tokens they would not be, and each is.
/// Groups run in parallel, longest first; results do not depend on the number of threads.
#pragma once

#include "mase/runtime/bit_true_plan.h"
#include "mase/runtime/plan.h"

#include <functional>

namespace mase {

/// A text, of which the ids from `first` on are scored: 1 <= first < ids.size().
struct ScoreRequest {
  std::vector<int32_t> ids;
  int64_t first = 1;

  int64_t scored() const { return std::ssize(ids) - first; }
};

/// The texts of one question; at least one.
using ScoreGroup = std::vector<ScoreRequest>;

struct Score {
  double logLikelihood = 0; // sum over the scored ids, nats
  bool greedy = true;       // whether each scored id was the prediction
};

struct ScoreOptions {
  RunOptions run;                             // of levels float and emulated
  bool share = true;                          // false: every text alone, to compare
  std::function<void(int64_t done)> progress; // sees the number of groups done, from any thread
};

/// One score for each text of each group. Prepares the assignment.
/// Errors  as Plan::run, for ids without the last one of each text.
std::vector<std::vector<Score>> score(Plan &plan, const FormatAssignment &assignment,
                                      std::span<const ScoreGroup> groups, const ScoreOptions &options = {});

/// The same at level 3. Errors  as BitTruePlan::run.
std::vector<std::vector<Score>> score(const BitTruePlan &plan, std::span<const ScoreGroup> groups,
                                      const ScoreOptions &options = {});

} // namespace mase
