// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Edges whose formats a search chooses: those for which a space lists several (`output` in formats.toml).
///
/// Such an edge is one more activation: its slot counts into the average bits of activations with the elements that it
/// holds a token, a row of attention's with the mean row of a full context (docs/search.md).
#pragma once

#include "mase/runtime/edges.h"

namespace mase {

struct EdgeSpace {
  std::vector<size_t> steps; // of the graph, one an edge
  std::vector<Slot> slots;   // Role::output
  std::vector<FormatChoices> choices;
  bool empty() const { return steps.empty(); }

  /// The argument `chosen` of resolveEdges: `formats`, one a slot, at their steps.
  std::vector<const Format *> atSteps(const Graph &graph, std::span<const Format *const> formats) const;
};

/// The logits, which stay wide, are no such edge.
EdgeSpace edgeSpace(const Graph &graph, const FormatConfig &space);

} // namespace mase
