// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The best exchange of bits that moves few tensors, if tensors' damages were known and added up.
#pragma once

#include "mase/search/space.h"

namespace mase::groups {

/// The assignment reached from `center` by bargains, the best first: one tensor a format up and those down that pay for
/// it most cheaply, or one down and those up that make most of its bits. A bargain's worth is what it saves for each
/// tensor that it moves away from the center; only bargains that save something are made, and at most `radius` tensors
/// end up elsewhere than in the center.
///
/// cost[i][c]: what choice c of variable i costs; infinite where it may not be. The center must fit the budget; so does
/// the answer. Without a budget every tensor of the region goes to its least cost.
/// Cost    O(radius x variables^2)
Choice exchangeWithin(const Space &space, const std::vector<std::vector<double>> &cost, const Choice &center,
                      int radius);

} // namespace mase::groups
