// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The search itself: proposes, stores, evaluates, stores, until the study has its trials.
///
/// Killed at any moment and called again with the same arguments, it ends with the same trials. Called with more
/// trials than the study has, it goes on; with fewer, it reports what there is.
#pragma once

#include "mase/search/storage.h"

#include <cstdint>

namespace mase {

struct SearchOptions {
  std::string sampler = "groups"; // a name of samplerKinds()
  int trials = 200;               // that the study shall have, those of earlier runs included
  uint64_t seed = 0;
  std::string storage;        // for openStorage()
  std::string study = "mase"; // its name within the storage
  Objective objective = lossObjective();
  /// Model, data and whatever else decides what Evaluate returns: stored, and compared when the study is opened.
  std::map<std::string, std::string> identity;
  /// Evaluates a finalist on all search text, where the trials ran on a part of it; the best trial is then the best by
  /// its cost on that. Null: the best trial is the one of least cost.
  Evaluate confirm;
  int finalists = 4; // that confirm sees: those of least cost, different choices
};

struct StudyResult {
  std::vector<Trial> trials;    // by number, all complete
  Trial best;                   // with the evaluation and value of confirm where there is one
  std::vector<Trial> finalists; // best first; empty without confirm
  std::vector<int> paretoFront; // numbers of trials that no other beats in both loss and bits, by increasing bits
};

/// Called after each new trial with it and the best so far (by cost).
using Progress = std::function<void(const Trial &trial, const Trial &best)>;

/// Evaluations are not repeated: a choice that an earlier trial had takes that trial's evaluation. A loss that is not a
/// number counts as infinite. What `evaluate` throws passes through; the trial is evaluated again by the next call.
/// Errors  InputError as openStorage, Storage::open and makeSampler
StudyResult runSearch(const Space &space, const Evaluate &evaluate, const SearchOptions &options,
                      const Progress &progress = {});

/// Numbers of the trials that no other beats in both loss and average bits, by increasing bits.
std::vector<int> paretoFront(const std::vector<Trial> &trials);

} // namespace mase
