// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A module of a dataflow simulation: its inputs, the job that it does, its pipeline (mase/ops/module_timing.h).
///
/// It is stepped in cycles in which something but a counter changes, and catches up with those between.
#pragma once

#include "mase/rtl/dataflow_queue.h"

namespace mase {

/// The tokens that rows belong to, in the order in which they came.
struct DataflowRow {
  int64_t position = 0;
  bool wanted = true;
};

/// The word that waits for a module which takes one a tick, out of a memory that may be late.
struct DataflowWord {
  bool valid = false, taken = false; // in this cycle
};

class DataflowCore {
public:
  DataflowCore(const ModuleTiming &timing, const std::vector<DataflowRow> &rows)
      : timing_(&timing), rows_(&rows), inputs_(timing.inputs.size()) {}

  /// Whether an input takes a beat in this cycle; `enabled` as of step().
  bool ready(size_t input, bool enabled) const;
  void arrive(size_t input) { inputs_[input].arrived = true; }
  /// A cycle.
  /// enabled    the pipeline moves in it
  /// wasEnabled and in all cycles since the last step
  /// word       that is taken a cycle after a tick; none: words are always there
  /// Returns whether a beat leaves the pipeline.
  bool step(int64_t now, bool enabled, bool wasEnabled, DataflowWord *word = nullptr);
  /// The next cycle in which something happens without a beat that comes or goes.
  int64_t next(int64_t now, bool enabled) const;
  bool isEmpty() const { return !running_ && !held_ && pipeline_.empty(); }
  bool isRunning() const { return running_; }
  /// The input that a job, or a row at an input, waits for; -1: none.
  int lacks() const;

private:
  struct Input {
    int64_t beats = 0, units = 0;     // of the unit that streams in; whole ones
    int64_t rows = 0, unitsOfRow = 0; // that were let in
    bool open = false, arrived = false;
    int64_t added = 0, removed = 0; // in this cycle
  };

  const DataflowRow &row(int64_t index) const { return (*rows_)[static_cast<size_t>(index)]; }
  int64_t groups(int64_t index) const { return row(index).position / timing_->keys + 1; }
  const WorkPhase &phase() const { return timing_->phases[phase_]; }
  int64_t repeats(const WorkPhase &phase) const;
  bool dropped() const { return timing_->filters && !row(row_).wanted; }
  bool isFree() const { return phase().free || dropped(); }
  bool mayStart() const;
  bool mayOpen(size_t input) const;
  bool hasTaken(bool arriving) const;
  void settle();
  bool tick();
  bool tickWithWord(DataflowWord &word);
  void endJob();
  void receive(size_t input);

  const ModuleTiming *timing_;
  const std::vector<DataflowRow> *rows_;
  std::vector<Input> inputs_;
  std::deque<int64_t> pipeline_; // when beats leave, by clock_
  int64_t clock_ = 0;            // cycles in which the pipeline moved
  int64_t last_ = -1;
  bool running_ = false;
  bool takesWords_ = false, held_ = false, heldGives_ = false; // a tick waits for its word, and gives a beat
  int64_t row_ = 0, job_ = 0, loop_ = 0, repeat_ = 0, tick_ = 0;
  size_t phase_ = 0;
};

} // namespace mase
