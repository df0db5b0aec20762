// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/value_memory.h"

#include "mase/ops/registry.h"

namespace mase {

int64_t elementsOf(const ValueShape &value, int64_t rows) {
  return value.heads * (value.rows < 0 ? rows : value.rows) * (value.cols < 0 ? rows : value.cols);
}

TensorView viewOf(const ValueShape &value, float *data, int64_t rows, int64_t keys) {
  if (value.cols < 0)
    return {data, value.heads, rows, keys, rows * keys, keys};
  return {data, value.heads, rows, value.cols, value.cols, value.heads * value.cols};
}

std::vector<int> rootsOf(const Graph &graph) {
  std::vector<int> roots(graph.values.size());
  for (size_t v = 0; v < roots.size(); ++v)
    roots[v] = static_cast<int>(v);
  for (const GraphStep &step : graph.steps)
    if (!findOperator(step.op.name)->make)
      roots[static_cast<size_t>(step.output)] = roots[static_cast<size_t>(step.inputs[0])];
  return roots;
}

std::vector<size_t> lastUsesOf(const Graph &graph, const std::vector<int> &roots) {
  std::vector<size_t> lastUse(graph.values.size(), 0);
  const auto rootOf = [&](int value) { return static_cast<size_t>(roots[static_cast<size_t>(value)]); };
  for (size_t s = 0; s < graph.steps.size(); ++s)
    for (int input : graph.steps[s].inputs)
      lastUse[rootOf(input)] = s;
  if (!graph.steps.empty())
    lastUse[rootOf(graph.steps.back().output)] = graph.steps.size();
  return lastUse;
}

} // namespace mase
