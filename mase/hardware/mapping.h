// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The mapping: how parallel each stage of a dataflow accelerator is, and where its memory lies, within a budget.
///
/// A stage has candidates (tiles, what multiplies); a candidate takes a row every `interval` cycles, and a row alone
/// takes `latency`. Rows of attention grow with their position, from next to nothing to the interval of the last row of
/// a full context. What a candidate is in hardware only its maker knows (operator_stage.h). Rows stream through all
/// stages, so in prefill the slowest stage decides; in decode the next row waits for the last one, so the sum of
/// latencies along the critical path decides. These have different optima: docs/mapping.md.
///
/// Problem, check, solve, verify: solvers share this problem and verify() knows none of them.
/// Deterministic; thread-safe on disjoint objects.
#pragma once

#include "mase/hardware/area.h"
#include "mase/hardware/memory.h"

#include <string>
#include <vector>

namespace mase {

struct Candidate {
  int64_t interval = 0, latency = 0;        // cycles
  Area area;                                // all but the memory
  int64_t memoryWidth = 0, memoryDepth = 0; // bits, words; 0: no memory that could lie elsewhere
  bool grows = false;                       // `interval` is the last row's, and grows up to it
  int memoryPorts = 1;                      // words that are read in the same cycle
  bool operator==(const Candidate &) const = default;
};

struct Stage {
  std::string name;
  std::vector<Candidate> candidates;
};

struct MappingProblem {
  std::vector<Stage> stages;
  /// The critical path of decode: groups one after the other, the stages of a group side by side. Every stage stands
  /// in exactly one group.
  std::vector<std::vector<int>> path;
  /// LUT, DSP, BRAM and URAM steer a solver. Flip-flops do not, as these families have two a LUT; an answer that has
  /// too many is a CheckError all the same.
  Area budget;
};

struct StageChoice {
  int candidate = 0; // of the stage
  MemoryKind memory = MemoryKind::None;
  bool operator==(const StageChoice &) const = default;
};

struct Mapping {
  std::vector<StageChoice> choices; // of each stage
  int64_t interval = 0;             // cycles a row, back to back: the slowest stage, the mean of a full context
  int64_t latency = 0;              // cycles of one row alone: sum over the path's groups of the slowest member
  Area area;
  int64_t bound = 0;  // what the solver minimised is at least this in any mapping
  bool exact = false; // the solver proved that none is better
};

/// Faults of a problem, one line each; empty when it is one.
std::vector<std::string> check(const MappingProblem &problem);

/// Cycles a row takes in the mean of a full context, if the slowest stage takes `fixed` cycles for each and the slowest
/// that grows `growing` for the last: max(fixed, growing * position) integrated.
double meanInterval(int64_t fixed, int64_t growing);

/// Prefill: the least interval, and the fewest LUTs at the bounds of both kinds of stages that give it.
/// Bisects over the candidates' intervals; each probe is a selection (selection.h), so the interval is exact unless its
/// label limit was met. Errors  CheckError when nothing fits, with the resource that is short.
Mapping solveByBisection(const MappingProblem &problem);

/// Decode: the least latency, in whole cycles. Errors as solveByBisection.
Mapping solveForLatency(const MappingProblem &problem);

/// The fewest LUTs, however slow. `bound` is in LUTs. Errors as solveByBisection.
Mapping solveForArea(const MappingProblem &problem);

/// Faults of an answer, one line each; empty when it is one: choices exist, and interval, latency and area are what
/// the choices give, within the budget.
std::vector<std::string> verify(const MappingProblem &problem, const Mapping &mapping);

/// Interval, latency and area of choices: what verify() compares and solvers fill in.
Mapping evaluate(const MappingProblem &problem, std::vector<StageChoice> choices);

/// The area of one choice, its memory included.
Area areaOf(const Candidate &candidate, MemoryKind memory);

/// Where a candidate's memory may lie: None without a memory, else Bram, Uram and Lutram.
std::vector<MemoryKind> memoryKinds(const Candidate &candidate);

} // namespace mase
