// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What a whole design takes in cycles, without its values: every beat moves, no number is computed (docs/dataflow.md).
///
/// The modules' timings (mase/ops/module_timing.h) joined as the netlist joins them; channels behave as in
/// NetlistSimulation without stalls, and so does the port of an external memory. Cycles in which only counters change
/// are skipped, so the time it takes goes with the beats that move.
#pragma once

#include "mase/rtl/dataflow_core.h"
#include "mase/rtl/external_timing.h"
#include "mase/rtl/netlist.h"

#include <optional>
#include <string>

namespace mase {

/// Channels whose modules wait for each other, one for the next, and for ever.
struct DataflowWait {
  int64_t channel = 0; // of the netlist
  bool isFull = false; // its writer waits; else its reader does
  int64_t fill = 0;    // beats
};

class DataflowSimulation {
public:
  static constexpr int64_t unlimited = int64_t{1} << 40;

  /// netlist  must outlive it; tokens go to its first instance, results come from its last
  /// depths   of the channels, in place of the netlist's; 0: wires
  /// Errors   InputError when a module has no timing
  explicit DataflowSimulation(const Netlist &netlist, std::vector<int64_t> depths = {});
  DataflowSimulation(const DataflowSimulation &) = delete;
  DataflowSimulation &operator=(const DataflowSimulation &) = delete;

  /// A token of that position of its sequence, which waits at the entrance from now on.
  void feed(int64_t position, bool wanted);
  /// Goes on until there are so many results in all, or until nothing moves any more, or the cycle `deadline` is
  /// reached. Returns whether it got there.
  bool runUntil(int64_t results, int64_t deadline = dataflowNever);
  /// Cycles so far.
  int64_t cycle() const { return now_ + 1; }
  /// The cycle in which each result came, counted from 0.
  const std::vector<int64_t> &results() const { return results_; }
  /// Beats that were in a channel's FIFO at the same time, at most; 0 of wires.
  int64_t mostFill(int64_t channel) const;
  int64_t fill(int64_t channel) const;
  /// When nothing moves any more: the cycle of channels whose modules wait for each other; empty if there is none.
  std::vector<DataflowWait> stuck() const;

private:
  bool enabled(int core) const;
  bool isReady(const DataflowSink &sink) const;
  void decide(DataflowQueue &queue);
  template <typename Wake>
  void deliver(const DataflowQueue &queue, int64_t now, const Wake &wake);
  int64_t channelTo(const DataflowSink &sink) const;
  DataflowWait waitOf(int core) const;
  void settle(int core, int64_t now);
  bool stepCore(size_t core, int64_t now);
  void wakeNext(int queue, int64_t now);
  void step(int64_t now);

  const Netlist &netlist_;
  std::vector<DataflowRow> rows_;
  std::vector<DataflowCore> cores_;
  std::optional<ExternalTiming> external_;
  std::vector<DataflowQueue> queues_;
  std::vector<std::vector<int>> outputs_;     // of a core: queues
  std::vector<std::vector<int>> feeders_;     // of a core's input: the queue whose beat it takes
  std::vector<int> fifos_;                    // of a channel: its queue; of wires that which drives them
  std::vector<char> asleepEnabled_;           // of a core, since its last step
  std::vector<int64_t> queueWake_, coreWake_; // the cycle in which each is looked at again
  std::vector<size_t> awake_;                 // queues, in this cycle
  std::vector<int> stepped_, unblocked_;
  int source_ = -1, result_ = -1;
  int64_t now_ = -1;
  bool soon_ = false; // something happens in the next cycle
  std::vector<int64_t> results_;
};

} // namespace mase
