// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/edge_space.h"

#include <algorithm>
#include <cassert>

namespace mase {
namespace {

/// Elements a token; of a row with an entry a key, half of those that the last row has.
int64_t elementsOf(const ValueShape &shape, int64_t maxRows) {
  return shape.heads * (shape.cols >= 0 ? shape.cols : std::max<int64_t>(1, maxRows / 2));
}

const FormatRule *ruleOf(const FormatConfig &space, const std::string &edge) {
  const auto found = std::find_if(space.rules.begin(), space.rules.end(), [&](const FormatRule &rule) {
    return !rule.output.empty() && matchesModule(rule.pattern, edge);
  });
  return found == space.rules.end() ? nullptr : &*found;
}

} // namespace

std::vector<const Format *> EdgeSpace::atSteps(const Graph &graph, std::span<const Format *const> formats) const {
  assert(formats.size() == steps.size());
  std::vector<const Format *> chosen(graph.steps.size(), nullptr);
  for (size_t i = 0; i < steps.size(); ++i)
    chosen[steps[i]] = formats[i];
  return chosen;
}

EdgeSpace edgeSpace(const Graph &graph, const FormatConfig &space) {
  EdgeSpace result;
  const std::vector<std::string> names = edgeNames(graph);
  for (size_t s = 0; s + 1 < graph.steps.size(); ++s) {
    const FormatRule *rule = names[s].empty() ? nullptr : ruleOf(space, names[s]);
    if (!rule || rule->output.size() < 2)
      continue;
    const std::string kind = names[s].substr(names[s].rfind('.') + 1);
    const ValueShape &shape = graph.values[static_cast<size_t>(graph.steps[s].output)];
    result.steps.push_back(s);
    result.slots.push_back({names[s], kind, -1, Role::output, elementsOf(shape, graph.maxRows)});
    result.choices.push_back(rule->output);
  }
  return result;
}

} // namespace mase
