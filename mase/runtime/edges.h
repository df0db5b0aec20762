// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The edges of a model: every value between two operators, its name, and the format in which hardware stores it.
///
/// One edge a step of the graph. Its name is the module of a linear, the module that owns the operator's first tensor,
/// the name of a cache, and else that of the operand it reads last, a dot, and the operator's name:
/// "model.layers.0.self_attn.o_proj.add". Views (heads) have no edge of their own. formats.toml speaks of edges by
/// `output`: `"*.add" = { output = "mxint12" }`; and by `table` of the tensors that are looked up.
#pragma once

#include "mase/runtime/format_config.h"
#include "mase/runtime/plan.h"

namespace mase {

/// One entry a step; null where there is none.
struct EdgeFormats {
  std::vector<const Format *> output; // null: a view, or the logits, which stay wide
  std::vector<const Format *> table;  // of an embedding's table
};

/// Empty for views.
std::vector<std::string> edgeNames(const Graph &graph);

/// The formats of all edges, as the hardware has them: what `config` (may be null) says; else what the operator that
/// writes it gives; else what all that read it ask for, if they agree; else `mxint12`, wide enough for the residual.
/// Edges that ask for a static scale get the largest value of `largest` (one entry a step, of the float model; empty:
/// 8 for all) and an eighth more. A tied embedding has the format of its head's weight, another `mxint8`.
/// chosen  one entry a step, or empty: formats that count before all of these, as a search tries them; may be null
/// Errors  InputError: a rule with `output` or `table` that matches no edge, or gives several formats; a format that is
///         no edge's.
EdgeFormats resolveEdges(const Graph &graph, const FormatAssignment &assignment, const FormatConfig *config,
                         std::span<const float> largest, std::span<const Format *const> chosen = {});

/// The largest magnitude of each step's result while the float model reads `ids`, a window after the other: what static
/// scales are calibrated on. One entry a step, zero for views.
std::vector<float> calibrateEdges(Plan &plan, std::span<const std::span<const int32_t>> windows);

} // namespace mase
