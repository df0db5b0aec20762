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
  parts_ = partsOf(graph_);
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

Sequence::Sequence(const Plan &plan) : buffers_(plan.bufferSizes_.size()), views_(plan.graph_.values.size()) {}

float *Sequence::memory(const Plan &plan, size_t buffer) {
  std::unique_ptr<float[]> &memory = buffers_[buffer];
  if (!memory)
    memory.reset(new float[static_cast<size_t>(plan.bufferSizes_[buffer])]);
  return memory.get();
}

void Plan::prepare(const FormatAssignment &assignment) {
  assert(assignment.size() == slots_.size());
  parallelFor(static_cast<int64_t>(steps_.size()), [&](int64_t s) { prepareStep(static_cast<size_t>(s), assignment); });
}

void Plan::prepareStep(size_t step, const FormatAssignment &assignment) {
  if (const int64_t slot = steps_[step].firstSlot; slot >= 0)
    steps_[step].kernel->prepare(std::span(assignment).subspan(static_cast<size_t>(slot), 2));
}

struct Plan::Run {
  Sequence &sequence;
  std::span<const int32_t> ids;
  const FormatAssignment &assignment;
  const RunOptions &options;
  int64_t position = sequence.position_; // of the first of the ids
  std::span<const int32_t> tokenTypes = options.tokenTypes;

  int64_t rows() const { return std::ssize(ids); } // of values that have one a token
  int64_t end() const { return position + rows(); }
  TensorView &view(int value) const { return sequence.views_[static_cast<size_t>(value)]; }
};

ConstMatrixView Plan::run(Sequence &sequence, std::span<const int32_t> ids, const FormatAssignment &assignment,
                          const RunOptions &options) const {
  checkTokens(graph_, sequence.position_, ids, options.tokenTypes);
  if (options.observer || !options.edges.empty()) { // who looks at all values, or changes them
    runSteps(sequence, ids, assignment, options, 0, steps_.size());
  } else {
    Run run = {sequence, ids, assignment, options};
    for (const Part &part : parts_) {
      if (options.lastToken && &part == &parts_.back())
        keepLastToken(run, part);
      runPart(run, part);
    }
  }
  const ConstMatrixView logits = sequence.views_[static_cast<size_t>(graph_.steps.back().output)].head(0);
  sequence.position_ += std::ssize(ids);
  if (options.lastToken && logits.rows > 1)
    return {logits.row(logits.rows - 1), 1, logits.cols, logits.stride};
  return logits;
}

void Plan::runSteps(Sequence &sequence, std::span<const int32_t> ids, const FormatAssignment &assignment,
                    const RunOptions &options, size_t first, size_t last) const {
  Run run = {sequence, ids, assignment, options};
  for (size_t s = first; s < last; ++s)
    runStep(run, s);
}

// Where the result of a step is, for as many rows as the run has.
void Plan::placeView(Run &run, size_t step) const {
  const GraphStep &graphStep = graph_.steps[step];
  const auto output = static_cast<size_t>(graphStep.output);
  const ValueShape &shape = graph_.values[output];
  TensorView &view = run.view(graphStep.output);
  if (!steps_[step].kernel) { // a view has as many rows as what it looks at
    const TensorView &seen = run.view(graphStep.inputs[0]);
    view = viewOf(shape, seen.data, seen.rows, run.end());
    return;
  }
  const bool keeps = findOperator(graphStep.op.name)->keepsRows;
  const int64_t end = run.end();
  view =
      viewOf(shape, run.sequence.memory(*this, static_cast<size_t>(bufferOf_[output])), keeps ? end : run.rows(), end);
  if (shape.rows >= 0)
    view.rows = shape.rows;
}

KernelCall Plan::callOf(const Run &run, size_t step, std::vector<TensorView> &inputs) const {
  const GraphStep &graphStep = graph_.steps[step];
  inputs.clear();
  for (int input : graphStep.inputs)
    inputs.push_back(run.view(input));
  KernelCall call = {inputs, run.view(graphStep.output), run.ids, run.position, {}, steps_[step].firstSlot};
  call.observer = run.options.observer;
  call.tokenTypes = run.tokenTypes;
  if (!run.options.edges.empty()) {
    call.edge = run.options.edges[step];
    call.table = run.options.tables[step];
  }
  if (steps_[step].firstSlot >= 0)
    call.formats = std::span(run.assignment).subspan(static_cast<size_t>(steps_[step].firstSlot), 2);
  return call;
}

void Plan::runStep(Run &run, size_t step) const {
  placeView(run, step);
  const Kernel *kernel = steps_[step].kernel.get();
  if (!kernel)
    return;
  std::vector<TensorView> inputs;
  const KernelCall call = callOf(run, step, inputs);
  kernel->run(call);
  const GraphStep &graphStep = graph_.steps[step];
  if (call.edge && !kernel->quantizesOutput())
    quantizeRows(*call.edge, call.output, findOperator(graphStep.op.name)->keepsRows ? run.position : 0);
  if (run.options.observer)
    run.options.observer->onOutput(step, call.output);
}

// Rows go their own ways unless a format gives them one scale.
bool Plan::canTakeRows(const Run &run, const Part &part) const {
  if (!part.byRows)
    return false;
  for (size_t s = part.first; s < part.last; ++s)
    if (const int64_t slot = steps_[s].firstSlot;
        slot >= 0 && run.assignment[static_cast<size_t>(slot) + 1]->scaleReach() == ScaleReach::tensor)
      return false;
  return true;
}

// Leaves of a run that reaches its last part the last token alone.
void Plan::keepLastToken(Run &run, const Part &part) const {
  const auto keeps = [&](const GraphStep &step) { return findOperator(step.op.name)->keepsRows; };
  const auto begin = graph_.steps.begin() + static_cast<std::ptrdiff_t>(part.first);
  if (!canTakeRows(run, part) || std::any_of(begin, graph_.steps.end(), keeps))
    return;
  std::vector<char> known(graph_.values.size()); // given by the part, or cut already
  for (auto step = begin; step != graph_.steps.end(); ++step) {
    for (int input : step->inputs)
      if (char &seen = known[static_cast<size_t>(input)]; !seen) {
        run.view(input) = rowsOf(run.view(input), run.rows() - 1, 1);
        seen = 1;
      }
    known[static_cast<size_t>(step->output)] = 1;
  }
  run.position += run.rows() - 1;
  run.ids = run.ids.last(1);
  run.tokenTypes = run.tokenTypes.last(std::min<size_t>(1, run.tokenTypes.size()));
}

void Plan::runPart(Run &run, const Part &part) const {
  if (part.fused) {
    placeView(run, part.last - 1);
    std::vector<TensorView> inputs;
    KernelCall call = callOf(run, part.last - 1, inputs);
    inputs.clear();
    for (int input : part.inputs)
      inputs.push_back(run.view(input));
    call.inputs = inputs;
    part.fused->run(call);
    return;
  }
  if (run.rows() > pieceRows(run.rows()) && canTakeRows(run, part))
    return runByRows(run, part);
  for (size_t s = part.first; s < part.last; ++s)
    runStep(run, s);
}

// Values that share memory have rows of one length, so that pieces do not meet in it.
void Plan::runByRows(Run &run, const Part &part) const {
  for (size_t s = part.first; s < part.last; ++s)
    placeView(run, s);
  const int64_t most = pieceRows(run.rows()), pieces = (run.rows() + most - 1) / most;
  parallelFor(pieces, [&](int64_t piece) {
    const int64_t first = piece * most, rows = std::min(most, run.rows() - first);
    std::vector<TensorView> inputs;
    for (size_t s = part.first; s < part.last; ++s) {
      if (!steps_[s].kernel)
        continue;
      KernelCall call = callOf(run, s, inputs);
      for (TensorView &input : inputs)
        input = rowsOf(input, first, rows);
      if (!findOperator(graph_.steps[s].op.name)->keepsRows)
        call.output = rowsOf(call.output, first, rows);
      call.position += first;
      call.ids = call.ids.subspan(static_cast<size_t>(first), static_cast<size_t>(rows));
      if (!call.tokenTypes.empty())
        call.tokenTypes = call.tokenTypes.subspan(static_cast<size_t>(first), static_cast<size_t>(rows));
      steps_[s].kernel->run(call);
    }
  });
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
