// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/edges.h"

#include "mase/formats/registry.h"
#include "mase/ops/bit_true_operator.h"
#include "mase/ops/registry.h"
#include "mase/support/error.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace mase {
namespace {

bool isView(const GraphStep &step) { return findOperator(step.op.name)->kind == OperatorEntry::Kind::view; }

std::string withoutSuffix(const std::string &tensor) {
  const size_t dot = tensor.rfind('.');
  return dot == std::string::npos ? tensor : tensor.substr(0, dot);
}

/// Who reads what: for each value the operands that read it, views looked through.
struct Reader {
  int step;
  size_t operand;
};
std::vector<std::vector<Reader>> readersOf(const Graph &graph) {
  std::vector<std::vector<Reader>> readers(graph.values.size());
  for (size_t s = graph.steps.size(); s-- > 0;) {
    const GraphStep &step = graph.steps[s];
    for (size_t i = 0; i < step.inputs.size(); ++i) {
      auto &of = readers[static_cast<size_t>(step.inputs[i])];
      if (!isView(step))
        of.push_back({static_cast<int>(s), i});
      else
        of.insert(of.end(), readers[static_cast<size_t>(step.output)].begin(),
                  readers[static_cast<size_t>(step.output)].end());
    }
  }
  return readers;
}

/// The fixed<bits, F> that holds `largest` and an eighth more.
const Format &calibratedFormat(int bits, float largest) {
  const double most = largest > 0 ? static_cast<double>(largest) * 1.125 : 1;
  int integerBits = static_cast<int>(std::floor(std::log2(most))) + 1;
  return parseFormat(fmt::format("fixed<{},{}>", bits, std::clamp(bits - 1 - integerBits, -32, 32)));
}

class Resolution {
public:
  Resolution(const Graph &graph, const FormatAssignment &assignment, std::span<const float> largest)
      : graph_(graph), readers_(readersOf(graph)), largest_(largest) {
    int64_t slot = 0;
    for (const GraphStep &step : graph.steps) {
      inputFormat_.push_back(step.module.empty() ? nullptr : assignment[static_cast<size_t>(slot * 2 + 1)]);
      weightFormat_.push_back(step.module.empty() ? nullptr : assignment[static_cast<size_t>(slot * 2)]);
      slot += step.module.empty() ? 0 : 1;
    }
  }

  /// What the readers of a step's result ask for together: null if they differ or do not mind.
  const Format *asked(size_t s) const {
    const Format *format = nullptr;
    for (const Reader &reader : readers_[static_cast<size_t>(graph_.steps[s].output)]) {
      const Format *one = wish(reader);
      if (!one || (format && format != one))
        return nullptr;
      format = one;
    }
    return format;
  }

  const Format *written(size_t s) const {
    const BitTrueEntry *entry = findBitTrue(graph_.steps[s].op.name);
    return entry && entry->writes ? formatOf(entry->writes(graph_.steps[s].op), s) : nullptr;
  }

  const Format *table(size_t s) const {
    const GraphStep &step = graph_.steps[s];
    const BitTrueEntry *entry = findBitTrue(step.op.name);
    if (!entry || !entry->choosesWeight)
      return nullptr;
    for (size_t other = 0; other < graph_.steps.size(); ++other)
      if (weightFormat_[other] && graph_.steps[other].op.constants[0].values.data == step.op.constants[0].values.data)
        return weightFormat_[other];
    return &parseFormat("mxint8");
  }

private:
  const Format *wish(const Reader &reader) const {
    const auto s = static_cast<size_t>(reader.step);
    const BitTrueEntry *entry = findBitTrue(graph_.steps[s].op.name);
    return entry && entry->reads ? formatOf(entry->reads(graph_.steps[s].op, reader.operand), s) : nullptr;
  }
  const Format *formatOf(const EdgeWish &wish, size_t s) const {
    switch (wish.kind) {
    case EdgeWish::Kind::any:
      return nullptr;
    case EdgeWish::Kind::slot:
      return inputFormat_[s];
    case EdgeWish::Kind::named:
      return &parseFormat(wish.format);
    case EdgeWish::Kind::calibrated:
      return &calibratedFormat(wish.bits, largest_.empty() ? 8 : inputLargest(s));
    case EdgeWish::Kind::same:
      return asked(s);
    }
    return nullptr;
  }
  /// The largest value of what step `s` reads through its last operand.
  float inputLargest(size_t s) const {
    int value = graph_.steps[s].inputs.back();
    for (size_t t = s; t-- > 0;)
      if (graph_.steps[t].output == value) {
        if (!isView(graph_.steps[t]))
          return largest_[t];
        value = graph_.steps[t].inputs[0];
      }
    return 0;
  }

  const Graph &graph_;
  std::vector<std::vector<Reader>> readers_;
  std::span<const float> largest_;
  std::vector<const Format *> inputFormat_, weightFormat_;
};

const Format *ruled(const FormatConfig *config, const std::string &name, FormatChoices FormatRule::*what,
                    const char *role) {
  if (!config || name.empty())
    return nullptr;
  for (const FormatRule &rule : config->rules)
    if (!(rule.*what).empty() && matchesModule(rule.pattern, name)) {
      if ((rule.*what).size() > 1)
        fail("{}: '{}' lists {} formats for its {} (one, unless for a search)", rule.position, rule.pattern,
             (rule.*what).size(), role);
      return (rule.*what).front();
    }
  return nullptr;
}

void checkEdgePatterns(const FormatConfig &config, const std::vector<std::string> &names) {
  for (const FormatRule &rule : config.rules)
    if ((!rule.output.empty() || !rule.table.empty()) &&
        std::none_of(names.begin(), names.end(),
                     [&](const std::string &name) { return !name.empty() && matchesModule(rule.pattern, name); }))
      fail("{}: '{}' matches no edge (the first is '{}')", rule.position, rule.pattern,
           names.empty() ? "none" : names.front());
}

} // namespace

std::vector<std::string> edgeNames(const Graph &graph) {
  std::vector<std::string> names, ofValue(graph.values.size());
  for (const GraphStep &step : graph.steps) {
    std::string name;
    if (auto found = step.op.attributes.find("name"); found != step.op.attributes.end())
      name = std::get<std::string>(found->second);
    else if (!step.module.empty())
      name = step.module;
    else if (!step.op.constants.empty())
      name = withoutSuffix(step.op.constants[0].name);
    else if (isView(step))
      name = ofValue[static_cast<size_t>(step.inputs[0])];
    else
      name = ofValue[static_cast<size_t>(step.inputs.back())] + "." + step.op.name;
    ofValue[static_cast<size_t>(step.output)] = name;
    names.push_back(isView(step) ? "" : name);
  }
  return names;
}

EdgeFormats resolveEdges(const Graph &graph, const FormatAssignment &assignment, const FormatConfig *config,
                         std::span<const float> largest, std::span<const Format *const> chosen) {
  const std::vector<std::string> names = edgeNames(graph);
  if (config)
    checkEdgePatterns(*config, names);
  const Resolution resolution(graph, assignment, largest);
  EdgeFormats edges;
  for (size_t s = 0; s < graph.steps.size(); ++s) {
    const bool has = !isView(graph.steps[s]) && s + 1 < graph.steps.size();
    const Format *output = has && !chosen.empty() ? chosen[s] : nullptr;
    if (has && !output)
      output = ruled(config, names[s], &FormatRule::output, "output");
    if (has && !output)
      output = resolution.written(s);
    if (has && !output)
      output = resolution.asked(s);
    if (has && !output)
      output = &parseFormat("mxint12");
    const Format *table = ruled(config, names[s], &FormatRule::table, "table");
    edges.output.push_back(output);
    edges.table.push_back(resolution.table(s) && table ? table : resolution.table(s));
  }
  return edges;
}

std::vector<float> calibrateEdges(Plan &plan, std::span<const std::span<const int32_t>> windows) {
  class Largest final : public Observer {
  public:
    explicit Largest(size_t steps) : largest(steps) {}
    void onOutput(size_t step, const TensorView &output) override {
      for (int64_t h = 0; h < output.heads; ++h)
        for (int64_t r = 0; r < output.rows; ++r)
          for (int64_t c = 0; c < output.cols; ++c)
            largest[step] = std::max(largest[step], std::abs(output.head(h).row(r)[c]));
    }
    std::vector<float> largest;
  } observer(plan.graph().steps.size());
  const FormatAssignment floats = plan.uniform(fp32());
  plan.prepare(floats);
  Sequence sequence(plan);
  for (const std::span<const int32_t> &ids : windows) {
    sequence.restart();
    plan.run(sequence, ids, floats, {.observer = &observer});
  }
  return observer.largest;
}

} // namespace mase
