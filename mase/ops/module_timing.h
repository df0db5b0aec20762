// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What a module takes in cycles, beat by beat, without its values: how a dataflow simulation steps it
/// (docs/dataflow.md).
///
/// A module does jobs (rows; heads of a softmax; groups of a rotation; beats): it waits until each input that is held
/// has a whole unit, then goes through phases, and gives beats to a pipeline and the queue behind it, with which it
/// stalls. An operator's entry describes its module in these terms (streams.md S1 to S14); what grows with the position
/// counts groups of keys, in full attention of the whole sequence. Numbers alone, so that netlist.json can carry them.
#pragma once

#include <cstdint>
#include <vector>

namespace mase {

struct InputTiming {
  enum class Use {
    held,   ///< a unit from a job's start to its end
    shared, ///< a unit from a row's first job to the end of its last
    taken,  ///< units go one by one, as phases say
    opener, ///< a unit lets a row into another input
  };
  int64_t slots = 4; // units that wait, beside one that streams in; 0: none, beats go straight into the pipeline
  int64_t unit = 1;  // beats
  Use use = Use::held;
  bool grows = false;         // a unit has so many beats for each group of keys
  int opener = -1;            // the input whose units let rows in; -1: none
  int64_t opening = 0;        // cycles that takes
  int64_t unitsOfOpener = 1;  // units that one lets in
  bool waitsForFirst = false; // a sequence's first unit comes when no other is left
};

struct WorkPhase {
  enum class Gives { nothing, last, every }; // a beat out: none, in a repeat's last tick, in each tick
  enum class Growth {
    none,
    groups, ///< `repeat` for each group of keys of the row
    before, ///< the same, but for the last group
    blocks, ///< the same, but groups are rounded up to whole blocks of `block`
    rest,   ///< what blocks has beyond groups
  };
  int64_t repeat = 1;
  Growth growth = Growth::none;
  int64_t ticks = 1; // cycles of a repeat
  Gives gives = Gives::nothing;
  int takes = -1;    // the input of which a unit goes in a repeat's last tick; the repeat waits for it
  bool free = false; // goes on while the output stalls
};

/// Beats behind the pipeline: a cast's buffer, a FIFO, a register.
struct QueueTiming {
  int64_t capacity = 0;  // 0: registers alone, which stall the module with them
  int64_t block = 1;     // beats leave when so many are there
  int64_t delay = 1;     // cycles from a block's last beat to the first that may leave
  int64_t registers = 1; // that a beat then passes
};

struct ModuleTiming {
  std::vector<InputTiming> inputs; // operands, then control
  int64_t jobs = 1;                // of a row
  int64_t loops = 1;               // of the phases, in a job
  int64_t keys = 1;                // of a group
  int64_t block = 1;               // groups of a block
  std::vector<WorkPhase> phases;
  int64_t stages = 0; // cycles from a tick to the queue
  QueueTiming queue;  // behind each result
  /// Rows whose beats are given; those of others are dropped.
  enum class Passes { all, wanted, first, last };
  Passes passes = Passes::all;
  bool whole = false; // rows see all keys of their sequence, so work begins when its last row is there
  bool isKnown() const { return !phases.empty(); }
};

/// How often a phase repeats in a job of a row at that position.
int64_t repeatsOf(const ModuleTiming &timing, const WorkPhase &phase, int64_t position);
/// Cycles that a row at that position takes if nothing is waited for: no row comes faster.
int64_t rowTicks(const ModuleTiming &timing, int64_t position);
/// What a row alone takes beside these, from its first beat in to its last beat out: until a unit of each input is
/// there, and in the pipeline and the queue behind it (S4 to S12).
int64_t latencyBeside(const ModuleTiming &timing, int64_t position);

/// The same figures for modules that go beat by beat, which are many.
ModuleTiming beatwise(int64_t stages, const QueueTiming &queue);

/// The queue that a cast to an edge is (S5).
class Format;
QueueTiming castQueue(const Format &output, int64_t tile);

} // namespace mase
