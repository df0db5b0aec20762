// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A model ready to run: kernels, buffers, slots. A trial of a search is `prepare` and `run`; neither touches MLIR.
///
/// Levels 1 and 2: with every slot at fp32 the plan computes the float reference; with other formats, the emulation.
#pragma once

#include "mase/runtime/assignment.h"
#include "mase/runtime/graph.h"
#include "mase/runtime/parts.h"

#include <cassert>

namespace mase {

class Plan;

/// What `run` does besides computing the float or emulated model.
struct RunOptions {
  Observer *observer = nullptr;
  /// Formats of the edges, one a step, null where there is none: results are quantised as hardware stores them
  /// (mase/runtime/edges.h). Empty: only what the slots read is quantised.
  std::span<const Format *const> edges = {};
  std::span<const Format *const> tables = {}; // of the tensors that are looked up, likewise
  /// One for each id: which of several texts it belongs to. Empty: all 0.
  std::span<const int32_t> tokenTypes = {};
  /// Only the logits of the last token: one row. What lies behind the last operator that mixes tokens is computed for
  /// that token alone; the numbers are the same.
  bool lastToken = false;
};

/// One sequence in progress: its buffers, its KV cache, its length. One thread at a time.
class Sequence {
public:
  explicit Sequence(const Plan &plan);
  /// Forgets all tokens, keeps the memory.
  void restart() { position_ = 0; }
  int64_t position() const { return position_; }
  /// Forgets the tokens from `position` on, which it has: what follows may be another continuation.
  void rewind(int64_t position) {
    assert(position <= position_);
    position_ = position;
  }

private:
  friend class Plan;
  /// What a buffer holds is not set; it takes memory when it is first asked for.
  float *memory(const Plan &plan, size_t buffer);
  std::vector<std::unique_ptr<float[]>> buffers_;
  std::vector<TensorView> views_; // one a value
  int64_t position_ = 0;
};

/// Whether rows depend on later ones (the attention of an encoder), so that a sequence is run at once.
bool needsWholeSequence(const Graph &graph);

/// Checks what a model is given to append to a sequence of `position` tokens, at any level.
/// Errors  InputError when an id is outside the vocabulary, types are not one for each id or no types of the model, the
///         sequence grows past graph.maxRows, or a sequence is continued that must be run at once.
void checkTokens(const Graph &graph, int64_t position, std::span<const int32_t> ids,
                 std::span<const int32_t> tokenTypes);

class Plan {
public:
  /// Kernels, slots and a buffer for each value, buffers shared by values that do not live at the same time.
  explicit Plan(Graph graph);
  Plan(Plan &&) = default;

  const std::vector<Slot> &slots() const { return slots_; }
  int64_t maxRows() const { return graph_.maxRows; }
  int64_t vocabulary() const { return graph_.vocabulary; }
  /// Columns of the logits: the vocabulary, or a classifier's classes.
  int64_t outputs() const { return graph_.values[static_cast<size_t>(graph_.steps.back().output)].cols; }
  const Graph &graph() const { return graph_; }
  /// An assignment with every slot in that format.
  FormatAssignment uniform(const Format &format) const { return uniformAssignment(slots_, format); }

  /// Quantises and packs the weights that `assignment` needs and that no earlier assignment left resident.
  /// Not at the same time as run().
  void prepare(const FormatAssignment &assignment);

  /// Appends `ids` to the sequence and returns their logits, one row a token (of a classifier one row in all; with
  /// `lastToken` the last row), valid
  /// until the next run on that sequence. Thread-safe on different sequences. Needs prepare(assignment) before.
  /// Errors  as checkTokens.
  ConstMatrixView run(Sequence &sequence, std::span<const int32_t> ids, const FormatAssignment &assignment,
                      const RunOptions &options = {}) const;

  /// For passes that stop between steps: prepares step `step` alone, and runs the steps [first, last) on `ids`, which
  /// begin a sequence. Its position stays; values are read with valueOf, each until the last step that reads it has
  /// run.
  void prepareStep(size_t step, const FormatAssignment &assignment);
  void runSteps(Sequence &sequence, std::span<const int32_t> ids, const FormatAssignment &assignment,
                const RunOptions &options, size_t first, size_t last) const;
  TensorView valueOf(const Sequence &sequence, int value) const { return sequence.views_[static_cast<size_t>(value)]; }
  /// The first slot of a step, -1 where it has none.
  int64_t firstSlot(size_t step) const { return steps_[step].firstSlot; }

  /// The linears of the plan, in slot order: what hardware is made of.
  struct LinearView {
    std::string module;
    ConstMatrixView weight;
    std::span<const float> bias; // or none
    int reads = 0;               // the value it reads, views looked through: equal for q, k and v of a layer
  };
  std::vector<LinearView> linears() const;

private:
  friend class Sequence;
  struct Step {
    std::unique_ptr<Kernel> kernel; // null: the output is a view of the input
    int64_t firstSlot = -1;         // -1: none
  };
  /// What a run is about, through all its steps.
  struct Run;
  void placeBuffers();
  void placeView(Run &run, size_t step) const;
  KernelCall callOf(const Run &run, size_t step, std::vector<TensorView> &inputs) const;
  void runStep(Run &run, size_t step) const;
  void runPart(Run &run, const Part &part) const;
  void runByRows(Run &run, const Part &part) const;
  void keepLastToken(Run &run, const Part &part) const;
  bool canTakeRows(const Run &run, const Part &part) const;

  Graph graph_;
  std::vector<Step> steps_;
  std::vector<Part> parts_; // the steps in order
  std::vector<Slot> slots_;
  std::vector<int> rootOf_;          // for each value: the value that it is a view of, or itself
  std::vector<int> bufferOf_;        // for each value
  std::vector<int64_t> bufferSizes_; // elements
};

} // namespace mase
