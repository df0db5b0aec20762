// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// How deep the FIFOs of a design must be, by simulating its dataflow (docs/dataflow.md).
///
/// Deeper FIFOs never make a dataflow slower, so the least depth that loses nothing is found by halving. Channels
/// that layers have in common are searched together.
#pragma once

#include "mase/rtl/dataflow_simulation.h"

namespace mase {

/// What a design is given to find out: as many tokens as its modules can hold and a few more, once at the end of the
/// longest sequence, where attention takes longest, and once more from the start of the next, where it takes least;
/// and a token alone. Where rows see their whole sequence: longest sequences, with one of a token between them.
struct DepthWorkload {
  std::vector<DataflowRow> prompt;
  int64_t position = 0; // of the token alone
};
/// context  positions of the longest sequence
DepthWorkload depthWorkload(const Netlist &netlist, int64_t context);

/// What a workload takes with such depths.
struct DepthCycles {
  std::vector<int64_t> results;  // the cycles in which they come: the prompts' ends, the token alone
  std::vector<int64_t> mostFill; // beats of each channel's FIFO
};
/// limit  gives up, with fewer results, where one comes later than there
DepthCycles depthCycles(const Netlist &netlist, const DepthWorkload &workload, const std::vector<int64_t> &depths,
                        const DepthCycles *limit = nullptr);

/// The least depth of a mase_row_fifo; less is wires.
constexpr int64_t leastFifo = 2;

/// Sets the channels' depths to the least that take no cycle more than the depths that they have, and a beat more.
void reduceDepths(Netlist &netlist, int64_t context);

/// Of one channel, with the others as they are.
struct LeastDepths {
  int64_t alive = 0; // no deadlock
  int64_t fast = 0;  // and no cycle more than with `generous`
};
LeastDepths leastDepths(const Netlist &netlist, int64_t context, size_t channel, int64_t generous);

} // namespace mase
