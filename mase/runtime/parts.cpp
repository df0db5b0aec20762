// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/parts.h"

#include "mase/ops/fusion.h"
#include "mase/ops/registry.h"

#include <algorithm>

namespace mase {
namespace {

// Whether the results of all steps in [first, last - 1) are read by the next one of them and by nobody else.
bool isClosed(const Graph &graph, size_t first, size_t last) {
  for (size_t s = first; s + 1 < last; ++s) {
    const int value = graph.steps[s].output;
    const auto &next = graph.steps[s + 1].inputs;
    const auto reads = std::count_if(graph.steps.begin(), graph.steps.end(), [&](const GraphStep &step) {
      return std::find(step.inputs.begin(), step.inputs.end(), value) != step.inputs.end();
    });
    if (reads != 1 || next.front() != value || std::count(next.begin(), next.end(), value) != 1)
      return false;
  }
  return true;
}

// The fused part that begins at `first`; none: its `fused` is null.
Part fusedAt(const Graph &graph, size_t first) {
  for (const Fusion &fusion : fusions()) {
    const size_t last = first + fusion.operators.size();
    if (last > graph.steps.size())
      continue;
    std::vector<const OperatorDescription *> descriptions;
    for (size_t s = first; s < last; ++s)
      descriptions.push_back(&graph.steps[s].op);
    const auto named = [](const OperatorDescription *op, std::string_view name) { return op->name == name; };
    if (!std::equal(descriptions.begin(), descriptions.end(), fusion.operators.begin(), named) ||
        !isClosed(graph, first, last))
      continue;
    Part part = {first, last, false, fusion.make(descriptions), {}};
    if (!part.fused)
      continue;
    for (size_t s = first; s < last; ++s) {
      const auto &inputs = graph.steps[s].inputs;
      part.inputs.insert(part.inputs.end(), inputs.begin() + (s == first ? 0 : 1), inputs.end());
    }
    return part;
  }
  return {};
}

// Whether all that the step reads and gives has one row a token.
bool goesByRows(const Graph &graph, const GraphStep &step) {
  const auto perToken = [&](int value) { return graph.values[static_cast<size_t>(value)].rows < 0; };
  return findOperator(step.op.name)->byRows && perToken(step.output) &&
         std::all_of(step.inputs.begin(), step.inputs.end(), perToken);
}

} // namespace

std::vector<Part> partsOf(const Graph &graph) {
  std::vector<Part> parts;
  for (size_t s = 0; s < graph.steps.size();) {
    if (Part fused = fusedAt(graph, s); fused.fused) {
      s = fused.last;
      parts.push_back(std::move(fused));
      continue;
    }
    const bool byRows = goesByRows(graph, graph.steps[s]);
    if (!byRows || parts.empty() || !parts.back().byRows)
      parts.push_back({s, s, byRows, nullptr, {}});
    parts.back().last = ++s;
  }
  return parts;
}

int64_t pieceRows(int64_t rows) { return rows <= 768 ? 48 : 96; }

TensorView rowsOf(TensorView x, int64_t first, int64_t rows) {
  x.data += first * x.rowStride;
  x.rows = rows;
  return x;
}

} // namespace mase
