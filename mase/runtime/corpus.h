// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Texts that a model writes: a corpus to train on where there is none, drawn from the model's own distribution.
///
/// Texts are drawn in parallel, each with a seed of its own, and counted in order: the same seed gives the same corpus
/// on any number of threads.
#pragma once

#include "mase/runtime/generate.h"

namespace mase {

/// Texts of at least `tokens` tokens in all, the prompt's not counted; each begins with `prompt` and ends as
/// options.stopIds say, or where the context of the plan or options.tokens ends.
/// `progress` is given the tokens so far. Errors  as generate.
std::vector<std::vector<int32_t>> sampleCorpus(Plan &plan, const FormatAssignment &assignment,
                                               const std::vector<int32_t> &prompt, const SamplingOptions &sampling,
                                               const GenerateOptions &options, int64_t tokens,
                                               const std::function<void(int64_t)> &progress = {});

} // namespace mase
