// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// From scores to an assignment that fits: the one way in which proposals meet the budget.
///
/// A sampler proposes a real score for each variable, in units of the choice's index: 2.0 asks for the third format.
/// Fractions say who gives way first: 1.6 and 2.4 both ask for the third, and the former is lowered earlier.
#pragma once

#include "mase/search/space.h"

namespace mase {

/// choice[i] = clamp(round(scores[i] - lambda)) with the least lambda >= 0 that fits the budget; then those just
/// lowered are raised again, the last lowered first, where they still fit.
///
/// Properties  The result always fits; a proposal that fits is returned rounded and clamped; nothing is raised above
///             the rounded proposal; ties are broken by index; the same input gives the same output.
/// Cost        O(n log n) in the sum of all variables' choices
/// Scores must be finite.
Choice project(const Space &space, const std::vector<double> &scores);

} // namespace mase
