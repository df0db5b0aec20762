// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/bit_true_plan.h"

#include "mase/ops/cast/bit_true.h"
#include "mase/ops/registry.h"
#include "mase/support/error.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace mase {

BitTruePlan::BitTruePlan(const Graph &graph, const FormatAssignment &assignment, const EdgeFormats &edges)
    : graph_(graph), edges_(edges), atOnce_(needsWholeSequence(graph)) {
  const std::vector<std::string> names = edgeNames(graph);
  std::vector<const Format *> ofValue(graph.values.size());
  size_t slot = 0;
  for (size_t s = 0; s < graph.steps.size(); ++s) {
    GraphStep &step = graph_.steps[s];
    step.op.maxRows = graph.maxRows;
    Step compiled;
    for (int input : step.inputs)
      compiled.formats.inputs.push_back(ofValue[static_cast<size_t>(input)]);
    if (findOperator(step.op.name)->kind == OperatorEntry::Kind::view) {
      ofValue[static_cast<size_t>(step.output)] = compiled.formats.inputs.at(0);
      steps_.push_back(std::move(compiled));
      continue;
    }
    const BitTrueEntry *entry = findBitTrue(step.op.name);
    if (!entry)
      fail("{}: operator '{}' has no integer model (mase ops lists those that have)", names[s], step.op.name);
    const Format *weight = edges.table[s];
    if (!step.module.empty()) {
      weight = assignment[slot];
      compiled.formats.inputs[0] = assignment[slot + 1];
      slot += 2;
    }
    compiled.formats.output = edges.output[s];
    compiled.formats.weight = weight;
    try {
      for (const Format *format : compiled.formats.inputs)
        checkCast(*format);
      if (edges.output[s])
        checkCast(*edges.output[s]);
      compiled.kernel = entry->make(step.op, compiled.formats);
    } catch (const InputError &error) {
      fail("{}: {}", names[s], error.what());
    }
    ofValue[static_cast<size_t>(step.output)] = edges.output[s];
    steps_.push_back(std::move(compiled));
  }
}

BitTrueSequence::BitTrueSequence(const BitTruePlan &plan) : values_(plan.graph_.values.size()) {}

int64_t BitTruePlan::portion() const {
  const bool perToken = graph_.values[static_cast<size_t>(graph_.steps.back().output)].rows < 0;
  return perToken && !atOnce_ ? rowsAtOnce : graph_.maxRows;
}

WideRows BitTruePlan::run(BitTrueSequence &sequence, std::span<const int32_t> ids, BitTrueObserver *observer,
                          std::span<const int32_t> tokenTypes) const {
  checkTokens(graph_, sequence.position_, ids, tokenTypes);
  const auto rows = static_cast<int64_t>(ids.size());
  if (rows <= rowsAtOnce || atOnce_)
    return runChunk(sequence, ids, tokenTypes, observer);
  const bool perToken = graph_.values[static_cast<size_t>(graph_.steps.back().output)].rows < 0;
  WideRows all;
  for (int64_t first = 0; first < rows; first += rowsAtOnce) {
    const auto count = static_cast<size_t>(std::min(rowsAtOnce, rows - first));
    const auto at = static_cast<size_t>(first);
    const WideRows some = runChunk(sequence, ids.subspan(at, count),
                                   tokenTypes.empty() ? tokenTypes : tokenTypes.subspan(at, count), observer);
    if (!perToken) { // what the tokens so far give
      all = some;
      continue;
    }
    all.cols = some.cols, all.bits = some.bits;
    all.sum.reserve(static_cast<size_t>(rows * some.cols));
    all.rows += some.rows;
    all.sum.insert(all.sum.end(), some.sum.begin(), some.sum.end());
    all.exponent.insert(all.exponent.end(), some.exponent.begin(), some.exponent.end());
  }
  return all;
}

WideRows BitTruePlan::runChunk(BitTrueSequence &sequence, std::span<const int32_t> ids,
                               std::span<const int32_t> tokenTypes, BitTrueObserver *observer) const {
  WideRows logits;
  std::vector<int> viewed(graph_.values.size()); // the value whose rows a value has
  for (size_t v = 0; v < viewed.size(); ++v)
    viewed[v] = static_cast<int>(v);
  for (size_t s = 0; s < steps_.size(); ++s) {
    const GraphStep &step = graph_.steps[s];
    const auto output = static_cast<size_t>(step.output);
    if (!steps_[s].kernel) { // heads are columns side by side, whatever their number
      viewed[output] = viewed[static_cast<size_t>(step.inputs[0])];
      sequence.values_[static_cast<size_t>(viewed[output])].heads = graph_.values[output].heads;
      continue;
    }
    std::vector<IntegerRows> casts(step.inputs.size());
    std::vector<const IntegerRows *> inputs;
    for (size_t i = 0; i < step.inputs.size(); ++i) {
      const IntegerRows &value = sequence.values_[static_cast<size_t>(viewed[static_cast<size_t>(step.inputs[i])])];
      inputs.push_back(&value);
      if (value.format == steps_[s].formats.inputs[i])
        continue;
      casts[i] = {steps_[s].formats.inputs[i], value.heads,
                  castRows(*steps_[s].formats.inputs[i], *value.format, value.rows)};
      inputs.back() = &casts[i];
    }
    const BitTrueCall call = {inputs, ids, sequence.position_, tokenTypes};
    if (!edges_.output[s]) {
      assert(s + 1 == steps_.size());
      logits = steps_[s].kernel->wide(call);
      continue;
    }
    IntegerRows &value = sequence.values_[output];
    value.format = edges_.output[s];
    value.heads = graph_.values[output].heads;
    steps_[s].kernel->run(call, value);
    if (observer)
      observer->onEdge(s, value);
  }
  sequence.position_ += std::ssize(ids);
  return logits;
}

std::vector<float> toFloats(const WideRows &wide) {
  std::vector<float> values(wide.sum.size());
  for (int64_t r = 0; r < wide.rows; ++r)
    for (int64_t b = 0; b < wide.blocksPerRow(); ++b) {
      const double unit = std::ldexp(1.0, wide.exponent[static_cast<size_t>(r * wide.blocksPerRow() + b)]);
      const int64_t end = r * wide.cols + std::min((b + 1) * WideRows::blockCols, wide.cols);
      for (int64_t i = r * wide.cols + b * WideRows::blockCols; i < end; ++i)
        values[static_cast<size_t>(i)] =
            static_cast<float>(static_cast<double>(wide.sum[static_cast<size_t>(i)]) * unit);
    }
  return values;
}

} // namespace mase
