// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Why a design got stuck: which channels wait for each other, and how deep they must be (docs/dataflow.md).
///
/// A full FIFO keeps its writer waiting, an empty one its reader. Found by the dataflow simulation of the same tokens,
/// whose order of beats does not depend on when they come, so that it gets stuck exactly if the hardware does.
#pragma once

#include "mase/rtl/dataflow_simulation.h"

#include <optional>

namespace mase {

struct Deadlock {
  std::vector<DataflowWait> waits; // each module waits for the next; the last for the first
  /// Channels and the least depths that free it, in beats.
  std::vector<std::pair<int64_t, int64_t>> frees;
};

/// rows  the tokens that were given, in order
/// Returns none if they all get through.
std::optional<Deadlock> findDeadlock(const Netlist &netlist, const std::vector<DataflowRow> &rows);

/// One line: the channels by their modules' names with their fill, and the depths that free them.
std::string describe(const Deadlock &deadlock, const Netlist &netlist);

/// Cycles in which a design that is not stuck moves a beat at least once, whatever the position.
int64_t longestQuiet(const Netlist &netlist, int64_t context);

} // namespace mase
