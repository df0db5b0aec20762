// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Two trials compared window by window.
///
/// All trials of a study run on the same windows of text, and most of a window's cost is the text's doing. The
/// difference of two trials has that taken out, so its standard error is far below that of either cost.
#pragma once

#include "mase/search/trial.h"

namespace mase {

/// What ranks trials, of each window: the divergences where there are any, else the losses.
const std::vector<double> &windowCosts(const Evaluation &evaluation);

struct PairedDifference {
  double mean = 0;          // of a - b over windows, nats a token; negative when a is better
  double standardError = 0; // of that mean; 0 below two windows
};

/// The windows of `a` less those of `b`, which must be the same ones.
PairedDifference pairedDifference(const Evaluation &a, const Evaluation &b);

} // namespace mase
