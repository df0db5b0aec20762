// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/edge_config.h"

#include <cassert>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace mase {

std::string writeEdgeConfig(const Graph &graph, const std::vector<Slot> &slots, const FormatAssignment &assignment,
                            const EdgeFormats &edges) {
  assert(assignment.size() == slots.size() && edges.output.size() == graph.steps.size());
  const AverageBits average = averageBits(slots, assignment);
  std::string text =
      fmt::format("# The format of every tensor and edge; average bits of the linears: {:.4f} (weights {:.4f}, "
                  "activations {:.4f})\n",
                  average.all, average.weights, average.activations);
  const std::vector<std::string> names = edgeNames(graph);
  size_t slot = 0;
  for (size_t s = 0; s < graph.steps.size(); ++s) {
    std::vector<std::string> roles;
    const auto add = [&](const char *role, const Format *format) {
      if (format)
        roles.push_back(fmt::format("{} = \"{}\"", role, format->name()));
    };
    if (!graph.steps[s].module.empty()) {
      add("weight", assignment[slot]);
      add("input", assignment[slot + 1]);
      slot += 2;
    }
    add("output", edges.output[s]);
    add("table", edges.table[s]);
    if (!roles.empty())
      text += fmt::format("\"{}\" = {{ {} }}\n", names[s], fmt::join(roles, ", "));
  }
  return text;
}

} // namespace mase
