// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The formats.toml of a whole model: besides weights and inputs the format of every edge and table.
///
/// What writeFormatConfig leaves to defaults and calibration is written out here, so that the file alone, with no text
/// beside it, gives the same integers (docs/bit-true.md).
#pragma once

#include "mase/runtime/edges.h"

namespace mase {

/// One line an edge, in the order in which they run; a linear's holds its weight and input, too. `slots` and
/// `assignment` are the plan's.
/// Returns  text from which parseFormatConfig, resolve and resolveEdges give back `assignment` and `edges`
std::string writeEdgeConfig(const Graph &graph, const std::vector<Slot> &slots, const FormatAssignment &assignment,
                            const EdgeFormats &edges);

} // namespace mase
