// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The loss of a plan over windows of text, or over texts that a classifier is to tell apart, in parallel over them.
///
/// Each window is a fresh sequence; its loss is one sum over its tokens in order, and windows are added in order, so
/// the result does not depend on the number of threads.
#pragma once

#include "mase/runtime/bit_true_plan.h"
#include "mase/runtime/plan.h"
#include "mase/runtime/reference.h"

#include <functional>

namespace mase {

/// A window: inputs and, one place further, targets; with fewer targets than inputs those of the last inputs, which is
/// a text that is continued. For a classifier: a text and, as its one target, its class.
struct WindowView {
  std::span<const int32_t> inputs, targets;
};

struct LossResult {
  std::vector<double> windowLosses;      // nats a target, one for each window
  double loss = 0;                       // mean over targets
  double accuracy = 0;                   // share of targets that were the likeliest
  int64_t tokens = 0;                    // inputs
  std::vector<double> windowDivergences; // from the reference, nats a token, one for each window; empty without one
};

/// Told how many windows are done, from whichever thread; may be empty.
using WindowProgress = std::function<void(int64_t done)>;

/// Prepares the assignment and evaluates. `reference`, of the same windows, may be null. Errors as Plan::run.
LossResult evaluate(Plan &plan, const FormatAssignment &assignment, std::span<const WindowView> windows,
                    const Reference *reference = nullptr, const RunOptions &options = {},
                    const WindowProgress &progress = {});

/// The same at level 3. Errors as BitTruePlan::run.
LossResult evaluate(const BitTruePlan &plan, std::span<const WindowView> windows, const WindowProgress &progress = {});

} // namespace mase
