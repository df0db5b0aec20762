// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/plan.h"

#include "mase/ops/registry.h"
#include "mase/runtime/value_memory.h"
#include "mase/support/error.h"
#include "mase/support/parallel.h"

#include <algorithm>
#include <cassert>
#include <charconv>

namespace mase {
namespace {

// "model.layers.12.mlp.up_proj" -> 12; -1 when no component of the name is a number.
int layerOf(std::string_view module) {
  while (!module.empty()) {
    const std::string_view component = module.substr(0, module.find('.'));
    int layer = -1;
    if (std::from_chars(component.data(), component.data() + component.size(), layer).ptr ==
            component.data() + component.size() &&
        layer >= 0)
      return layer;
    module.remove_prefix(std::min(module.size(), component.size() + 1));
  }
  return -1;
}

// In place, from row `first` on; heads side by side are one row, whose blocks may hold several.
void quantizeRows(const Format &format, const TensorView &x, int64_t first) {
  if (x.headStride == x.cols) {
    const MatrixView rows = {x.data + first * x.rowStride, x.rows - first, x.heads * x.cols, x.rowStride};
    format.fakeQuantize(rows, rows);
    return;
  }
  for (int64_t h = 0; h < x.heads; ++h)
    format.fakeQuantize(x.head(h), x.head(h));
}

} // namespace

bool needsWholeSequence(const Graph &graph) {
  return std::any_of(graph.steps.begin(), graph.steps.end(), [](const GraphStep &step) {
    const auto needs = findOperator(step.op.name)->needsWholeSequence;
    return needs && needs(step.op);
  });
}

void checkTokens(const Graph &graph, int64_t position, std::span<const int32_t> ids,
                 std::span<const int32_t> tokenTypes) {
  for (int32_t id : ids)
    if (id < 0 || id >= graph.vocabulary)
      fail("token id {} is outside the vocabulary (0 to {})", id, graph.vocabulary - 1);
  if (!tokenTypes.empty() && graph.tokenTypes == 0)
    fail("the model has no types of tokens (none is right)");
  if (!tokenTypes.empty() && tokenTypes.size() != ids.size())
    fail("{} types for {} tokens (one for each is right)", tokenTypes.size(), ids.size());
  for (int32_t type : tokenTypes)
    if (type < 0 || type >= graph.tokenTypes)
      fail("token type {} is none of the model's (0 to {})", type, graph.tokenTypes - 1);
  const int64_t length = position + std::ssize(ids);
  if (length > graph.maxRows)
    fail("{} tokens are more than the model's context (at most {})", length, graph.maxRows);
  if (position > 0 && needsWholeSequence(graph))
    fail("the model's attention sees the whole text, which cannot be continued (all of it at once is right)");
}

Plan::Plan(Graph graph) : graph_(std::move(graph)) {
  for (GraphStep &step : graph_.steps) {
    const OperatorEntry *entry = findOperator(step.op.name);
    assert(entry && "the lowering translates registered operators only");
    step.op.maxRows = graph_.maxRows;
    Step compiled;
    if (entry->make)
      compiled.kernel = entry->make(step.op);
    if (entry->hasSlots) {
      compiled.firstSlot = static_cast<int64_t>(slots_.size());
      const ConstMatrixView weight = step.op.constants.at(0).values;
      const std::string kind = step.module.substr(step.module.rfind('.') + 1);
      const int layer = layerOf(step.module);
      slots_.push_back({step.module, kind, layer, Role::weight, weight.rows * weight.cols});
      slots_.push_back({step.module, kind, layer, Role::input, weight.cols});
    }
    steps_.push_back(std::move(compiled));
  }
  placeBuffers();
}

// A value's buffer is free again after the last step that reads it or a view of it.
void Plan::placeBuffers() {
  const size_t values = graph_.values.size(), steps = graph_.steps.size();
  rootOf_ = rootsOf(graph_);
  std::vector<size_t> lastUse = lastUsesOf(graph_, rootOf_);

  bufferOf_.assign(values, -1);
  std::vector<int> free;
  for (size_t s = 0; s < steps; ++s) {
    const GraphStep &step = graph_.steps[s];
    const auto output = static_cast<size_t>(step.output);
    if (!steps_[s].kernel) {
      bufferOf_[output] = bufferOf_[static_cast<size_t>(step.inputs[0])];
    } else {
      const int64_t size = elementsOf(graph_.values[output], graph_.maxRows);
      const bool keeps = findOperator(step.op.name)->keepsRows;
      auto fits =
          std::find_if(free.begin(), free.end(), [&](int b) { return bufferSizes_[static_cast<size_t>(b)] == size; });
      if (!keeps && fits != free.end()) {
        bufferOf_[output] = *fits;
        free.erase(fits);
      } else {
        bufferOf_[output] = static_cast<int>(bufferSizes_.size());
        bufferSizes_.push_back(size);
      }
      if (keeps)
        lastUse[output] = steps + 1;
    }
    // Inputs are released after the output is placed: kernels may not write what they read.
    for (size_t v = 0; v < values; ++v)
      if (rootOf_[v] == static_cast<int>(v) && bufferOf_[v] >= 0 && lastUse[v] == s)
        free.push_back(bufferOf_[v]);
  }
}

Sequence::Sequence(const Plan &plan) : views_(plan.graph_.values.size()) {
  for (int64_t size : plan.bufferSizes_)
    buffers_.emplace_back(static_cast<size_t>(size));
}

void Plan::prepare(const FormatAssignment &assignment) {
  assert(assignment.size() == slots_.size());
  parallelFor(static_cast<int64_t>(steps_.size()), [&](int64_t s) { prepareStep(static_cast<size_t>(s), assignment); });
}

void Plan::prepareStep(size_t step, const FormatAssignment &assignment) {
  if (const int64_t slot = steps_[step].firstSlot; slot >= 0)
    steps_[step].kernel->prepare(std::span(assignment).subspan(static_cast<size_t>(slot), 2));
}

ConstMatrixView Plan::run(Sequence &sequence, std::span<const int32_t> ids, const FormatAssignment &assignment,
                          const RunOptions &options) const {
  checkTokens(graph_, sequence.position_, ids, options.tokenTypes);
  runSteps(sequence, ids, assignment, options, 0, steps_.size());
  sequence.position_ += std::ssize(ids);
  return sequence.views_[static_cast<size_t>(graph_.steps.back().output)].head(0);
}

void Plan::runSteps(Sequence &sequence, std::span<const int32_t> ids, const FormatAssignment &assignment,
                    const RunOptions &options, size_t first, size_t last) const {
  const auto rows = static_cast<int64_t>(ids.size());
  std::vector<TensorView> inputs;
  for (size_t s = first; s < last; ++s) {
    const GraphStep &step = graph_.steps[s];
    const auto output = static_cast<size_t>(step.output);
    float *data = sequence.buffers_[static_cast<size_t>(bufferOf_[output])].data();
    const bool keeps = findOperator(step.op.name)->keepsRows;
    sequence.views_[output] =
        viewOf(graph_.values[output], data, keeps ? sequence.position_ + rows : rows, sequence.position_ + rows);
    if (graph_.values[output].rows >= 0)
      sequence.views_[output].rows = graph_.values[output].rows;
    if (!steps_[s].kernel) {
      // A view has as many rows as what it looks at.
      sequence.views_[output].rows = sequence.views_[static_cast<size_t>(step.inputs[0])].rows;
      continue;
    }
    inputs.clear();
    for (int input : step.inputs)
      inputs.push_back(sequence.views_[static_cast<size_t>(input)]);
    KernelCall call = {inputs,          sequence.views_[output], ids, sequence.position_, {}, steps_[s].firstSlot,
                       options.observer};
    call.tokenTypes = options.tokenTypes;
    if (!options.edges.empty()) {
      call.edge = options.edges[s];
      call.table = options.tables[s];
    }
    if (steps_[s].firstSlot >= 0)
      call.formats = std::span(assignment).subspan(static_cast<size_t>(steps_[s].firstSlot), 2);
    steps_[s].kernel->run(call);
    if (call.edge && !steps_[s].kernel->quantizesOutput())
      quantizeRows(*call.edge, call.output, keeps ? sequence.position_ : 0);
    if (options.observer)
      options.observer->onOutput(s, call.output);
  }
}

std::vector<Plan::LinearView> Plan::linears() const {
  std::vector<LinearView> result;
  for (size_t s = 0; s < steps_.size(); ++s) {
    const GraphStep &step = graph_.steps[s];
    if (steps_[s].firstSlot >= 0) {
      const std::vector<Constant> &constants = step.op.constants;
      std::span<const float> bias;
      if (constants.size() > 1)
        bias = {constants[1].values.data, static_cast<size_t>(constants[1].values.rows * constants[1].values.cols)};
      result.push_back({step.module, constants[0].values, bias, rootOf_[static_cast<size_t>(step.inputs[0])]});
    }
  }
  return result;
}

} // namespace mase
