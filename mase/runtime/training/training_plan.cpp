// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/training/training_plan.h"

#include "mase/ops/registry.h"
#include "mase/runtime/training/value_places.h"
#include "mase/runtime/value_memory.h"
#include "mase/support/parallel.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <mutex>

namespace mase {
namespace {

TensorView matrixView(float *data, const ValueShape &shape) {
  return {data, 1, shape.rows, shape.cols, shape.rows * shape.cols, shape.cols};
}

MatrixView mutableView(ConstMatrixView x) { return {const_cast<float *>(x.data), x.rows, x.cols, x.stride}; }

} // namespace

TrainingPlan::TrainingPlan(TrainingGraph graph) : graph_(std::move(graph)) {
  for (TrainingStep &step : graph_.sequence)
    sequence_.push_back(compile(step));
  std::vector<int> levelOf(graph_.values.size(), 0);
  for (TrainingStep &step : graph_.step) {
    Compiled compiled = compile(step);
    for (int input : step.inputs)
      compiled.level = std::max(compiled.level, levelOf[static_cast<size_t>(input)]);
    if (step.by >= 0)
      compiled.level = std::max(compiled.level, levelOf[static_cast<size_t>(step.by)]);
    const auto written = [&](int value) {
      if (value >= 0)
        levelOf[static_cast<size_t>(value)] = compiled.level + 1;
    };
    if (step.kind == TrainingStep::Kind::forward)
      written(step.output);
    for (int value : step.constantGradients)
      written(value);
    levels_ = std::max(levels_, compiled.level + 1);
    step_.push_back(std::move(compiled));
    Moments moments;
    if (step.kind == TrainingStep::Kind::update) {
      const ConstMatrixView weight = step.op.constants.at(0).values;
      moments.m.resize(static_cast<size_t>(weight.rows * weight.cols));
      moments.v.resize(moments.m.size());
    }
    moments_.push_back(std::move(moments));
  }
  gradients_.resize(graph_.values.size());
  for (size_t v = 0; v < gradients_.size(); ++v)
    if (graph_.values[v].ofStep)
      gradients_[v].resize(static_cast<size_t>(graph_.values[v].shape.rows * graph_.values[v].shape.cols));
  placeValues();
}

TrainingPlan::Compiled TrainingPlan::compile(const TrainingStep &step) {
  Compiled compiled;
  OperatorDescription op = step.op;
  op.maxRows = graph_.maxRows;
  const OperatorEntry *entry = findOperator(op.name);
  switch (step.kind) {
  case TrainingStep::Kind::forward:
    // On a fresh sequence, which is all there is, what keeps rows is the identity.
    compiled.isView = entry->keepsRows || !entry->make;
    if (!compiled.isView)
      compiled.kernel = entry->make(op);
    break;
  case TrainingStep::Kind::loss:
    compiled.loss = makeLoss(op);
    ++losses_;
    break;
  case TrainingStep::Kind::gradient:
    compiled.gradient = findGradient(op.name)->make(op);
    if (std::any_of(step.constantGradients.begin(), step.constantGradients.end(), [](int v) { return v >= 0; }))
      compiled.place = places_++;
    break;
  case TrainingStep::Kind::update:
    break;
  }
  return compiled;
}

void TrainingPlan::placeValues() {
  std::vector<bool> isView;
  for (const Compiled &compiled : sequence_)
    isView.push_back(compiled.isView);
  const ValuePlaces places = placesOf(graph_, isView);
  rootOf_ = places.roots;
  offset_ = places.offsets;
  arenaSize_ = places.size;
  unsharedSize_ = places.unsharedSize;
}

// Kernels that hold quantised or packed weights hold those of the step before.
void TrainingPlan::prepare() {
  parallelFor(std::ssize(graph_.sequence), [&](int64_t s) {
    const TrainingStep &step = graph_.sequence[static_cast<size_t>(s)];
    Compiled &compiled = sequence_[static_cast<size_t>(s)];
    if (compiled.kernel && !step.formats.empty()) {
      OperatorDescription op = step.op;
      op.maxRows = graph_.maxRows;
      compiled.kernel = findOperator(op.name)->make(op);
      compiled.kernel->prepare(step.formats);
    }
    if (compiled.gradient && !step.formats.empty())
      compiled.gradient->prepare(step.formats);
  });
}

void TrainingPlan::shape(Lane &lane, int64_t rows) const {
  lane.memory.resize(static_cast<size_t>(arenaSize_));
  lane.views.resize(graph_.values.size());
  for (size_t v = 0; v < graph_.values.size(); ++v) {
    const TrainingValue &value = graph_.values[v];
    if (value.ofStep)
      continue;
    const int64_t own = value.shape.rows >= 0 ? value.shape.rows : rows;
    lane.views[v] = viewOf(value.shape, lane.memory.data() + offset_[static_cast<size_t>(rootOf_[v])], own, rows);
  }
}

TensorView TrainingPlan::view(const Lane *lane, int value) const {
  if (value < 0)
    return {};
  const auto v = static_cast<size_t>(value);
  if (graph_.values[v].ofStep)
    return matrixView(const_cast<float *>(gradients_[v].data()), graph_.values[v].shape);
  return lane ? lane->views[v] : TensorView(); // steps behind all sequences have none
}

void TrainingPlan::runGradient(const TrainingStep &step, const Compiled &compiled, Lane *lane,
                               const TrainingExample &example,
                               const std::function<void(const std::function<void()> &)> &inOrder) const {
  std::vector<TensorView> inputs, inputGradients;
  std::vector<MatrixView> constantGradients;
  for (int value : step.inputs)
    inputs.push_back(view(lane, value));
  for (int value : step.inputGradients)
    inputGradients.push_back(view(lane, value));
  for (int value : step.constantGradients)
    constantGradients.push_back(value < 0 ? MatrixView() : view(lane, value).head(0));
  compiled.gradient->run({inputs, view(lane, step.output), view(lane, step.by), inputGradients, constantGradients,
                          inOrder, example.ids, example.tokenTypes, example.targets, step.formats});
}

void TrainingPlan::runSequence(Lane &lane, size_t i, const TrainingExample &example, Turns &turns,
                               std::vector<double> &losses) const {
  std::vector<TensorView> inputs;
  size_t loss = 0;
  for (size_t s = 0; s < graph_.sequence.size(); ++s) {
    const TrainingStep &step = graph_.sequence[s];
    const Compiled &compiled = sequence_[s];
    if (compiled.isView)
      continue;
    if (step.kind == TrainingStep::Kind::gradient) {
      runGradient(step, compiled, &lane, example,
                  [&](const std::function<void()> &work) { turns.take(compiled.place, i, work); });
      continue;
    }
    inputs.clear();
    for (int input : step.inputs)
      inputs.push_back(view(&lane, input));
    const TensorView output = view(&lane, step.output);
    if (step.kind == TrainingStep::Kind::loss) {
      compiled.loss->run(inputs, example.targets, output.head(0));
      const MatrixView weights = view(&lane, graph_.arguments.at(loss)).head(0), rows = output.head(0);
      for (int64_t r = 0; r < rows.rows; ++r)
        if (*weights.row(r) != 0)
          losses[loss] += static_cast<double>(*rows.row(r)) * *weights.row(r);
      ++loss;
      continue;
    }
    KernelCall call = {inputs, output, example.ids, 0, step.formats};
    call.tokenTypes = example.tokenTypes;
    compiled.kernel->run(call);
  }
}

BatchLoss TrainingPlan::run(std::span<const TrainingExample> batch, const FillArguments &fill) {
  assert(std::all_of(batch.begin(), batch.end(),
                     [&](const TrainingExample &example) { return std::ssize(example.ids) <= graph_.maxRows; }));
  prepare();
  parallelFor(std::ssize(graph_.values), [&](int64_t v) {
    std::fill(gradients_[static_cast<size_t>(v)].begin(), gradients_[static_cast<size_t>(v)].end(), 0.0F);
  });
  Turns turns(places_);
  std::mutex mutex;
  std::vector<Lane *> free;
  for (const auto &lane : lanes_)
    free.push_back(lane.get());
  std::vector<std::vector<double>> losses(batch.size(), std::vector<double>(losses_, 0.0));
  parallelFor(std::ssize(batch), [&](int64_t i) {
    const auto at = static_cast<size_t>(i);
    Lane *lane = nullptr;
    {
      std::lock_guard lock(mutex);
      if (free.empty()) {
        lanes_.push_back(std::make_unique<Lane>());
        free.push_back(lanes_.back().get());
      }
      lane = free.back();
      free.pop_back();
    }
    shape(*lane, std::ssize(batch[at].ids));
    std::vector<TensorView> arguments;
    for (int value : graph_.arguments)
      arguments.push_back(view(lane, value));
    fill(at, arguments);
    runSequence(*lane, at, batch[at], turns, losses[at]);
    std::lock_guard lock(mutex);
    free.push_back(lane);
  });
  for (int level = 0; level < levels_; ++level)
    runStepLevel(level);
  BatchLoss result = {std::vector<double>(losses_, 0.0)};
  for (const std::vector<double> &one : losses)
    for (size_t k = 0; k < losses_; ++k)
      result.losses[k] += one[k];
  return result;
}

// Those of one level do not read each other's results.
void TrainingPlan::runStepLevel(int level) {
  std::vector<size_t> steps;
  for (size_t s = 0; s < step_.size(); ++s)
    if (step_[s].level == level && graph_.step[s].kind != TrainingStep::Kind::update)
      steps.push_back(s);
  parallelFor(std::ssize(steps), [&](int64_t k) {
    const size_t s = steps[static_cast<size_t>(k)];
    const TrainingStep &step = graph_.step[s];
    if (step.kind == TrainingStep::Kind::gradient)
      return runGradient(step, step_[s], nullptr, {}, [](const std::function<void()> &work) { work(); });
    std::vector<TensorView> inputs;
    for (int input : step.inputs)
      inputs.push_back(view(nullptr, input));
    step_[s].kernel->run({inputs, view(nullptr, step.output), {}, 0, {}});
  });
}

std::vector<TrainingPlan::Parameter> TrainingPlan::parameters() {
  std::vector<Parameter> result;
  for (size_t s = 0; s < step_.size(); ++s) {
    const TrainingStep &step = graph_.step[s];
    if (step.kind != TrainingStep::Kind::update)
      continue;
    const Constant &weight = step.op.constants[0];
    result.push_back({weight.name, mutableView(weight.values), step.op.attributeOr("decay", false),
                      view(nullptr, step.inputs[0]).head(0), &moments_[s].m, &moments_[s].v});
  }
  return result;
}

double TrainingPlan::gradientNorm() const {
  std::vector<double> squares(step_.size());
  parallelFor(std::ssize(step_), [&](int64_t k) {
    const TrainingStep &step = graph_.step[static_cast<size_t>(k)];
    if (step.kind != TrainingStep::Kind::update)
      return;
    double sum = 0;
    for (float g : gradients_[static_cast<size_t>(step.inputs[0])])
      sum += static_cast<double>(g) * g;
    squares[static_cast<size_t>(k)] = sum;
  });
  double sum = 0;
  for (double square : squares)
    sum += square;
  return std::sqrt(sum);
}

void TrainingPlan::update(const AdamWSettings &settings) {
  const std::vector<Parameter> all = parameters();
  parallelFor(std::ssize(all), [&](int64_t k) {
    const Parameter &p = all[static_cast<size_t>(k)];
    AdamWSettings own = settings;
    own.decay = p.decays ? settings.decay : 0;
    adamw(own, p.gradient.data, p.m->data(), p.v->data(), p.values.data, p.values.rows * p.values.cols);
  });
}

} // namespace mase
