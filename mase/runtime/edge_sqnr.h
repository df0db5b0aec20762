// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// How far the edges of a quantised model are from the float model's, operator by operator: what all that is in front
/// of an edge costs there.
///
/// The same tokens at float, emulated with every edge in its format, and in integers. No MLIR.
#pragma once

#include "mase/runtime/bit_true_plan.h"
#include "mase/runtime/plan.h"

namespace mase {

/// Signal to noise of all edges that one kind of operator writes, in dB; infinite where nothing differs.
struct OperatorSqnr {
  std::string name;      // of the operator
  int64_t edges = 0;     // that such operators write
  double emulated = 0;   // emulated against float
  double bitTrue = 0;    // integers against float
  double arithmetic = 0; // integers against emulated: what the integer arithmetic itself adds
};

/// In the order of first use. Exponentials are left out: in integers they are not divided, in floats they are; so are
/// the logits, which have no edge.
/// ids  from a sequence's start, at most BitTruePlan::rowsAtOnce of them
std::vector<OperatorSqnr> operatorSqnr(Plan &plan, const FormatAssignment &assignment, const EdgeFormats &edges,
                                       std::span<const int32_t> ids);

} // namespace mase
