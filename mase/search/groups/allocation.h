// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The best assignment within the budget, if tensors' damages were known and added up.
///
/// Each variable's cost falls with its bits; the least sum under a linear budget follows from one price a bit
/// (Lagrange), found by bisection; what is left of the budget goes to the best bargains that still fit. Source  Shoham
/// and Gersho, Efficient bit allocation for an arbitrary set of quantizers, 1988
#pragma once

#include "mase/search/space.h"

namespace mase::groups {

/// cost[i][c]: what choice c of variable i costs. No variable moves more than `down` choices below or `up` choices
/// above its center. The center must fit the budget; so does the answer.
Choice allocate(const Space &space, const std::vector<std::vector<double>> &cost, const Choice &center, int down,
                int up);

} // namespace mase::groups
