// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/layered.h"

#include "mase/ops/registry.h"
#include "mase/runtime/value_memory.h"
#include "mase/runtime/window_loss.h"
#include "mase/support/parallel.h"

#include <algorithm>
#include <atomic>
#include <cassert>

namespace mase {
namespace {

int64_t elementsOf(const Constant &constant) { return constant.values.rows * constant.values.cols; }

// What a linear multiplies with lies beside the tensor: fp32 at most.
int64_t weightBytes(const GraphStep &step) {
  int64_t bytes = 0;
  for (const Constant &constant : step.op.constants)
    bytes += elementsOf(constant) * static_cast<int64_t>(sizeof(float));
  return findOperator(step.op.name)->hasSlots ? 2 * bytes : bytes;
}

// While a weight is read: the file's pages, and a copy where the model reads it in another order.
int64_t passingBytes(const GraphStep &step) {
  int64_t most = 0;
  for (const Constant &constant : step.op.constants)
    most = std::max(most, elementsOf(constant));
  return 2 * most * static_cast<int64_t>(sizeof(float));
}

/// Steps whose weights are resident together.
struct Group {
  size_t first, last; // steps [first, last)
};

/// A window on its way through the groups.
struct WindowValues {
  std::vector<std::unique_ptr<float[]>> memory; // of each root that lives
  std::vector<TensorView> views;                // of each value
};

class Layered {
public:
  Layered(const Graph &graph, const FormatAssignment &assignment, int64_t limit)
      : graph_(graph), assignment_(assignment), roots_(rootsOf(graph)), lastUse_(lastUsesOf(graph, roots_)) {
    int64_t slot = 0;
    for (const GraphStep &step : graph.steps) {
      const bool has = findOperator(step.op.name)->hasSlots;
      firstSlot_.push_back(has ? slot : -1);
      slot += has ? 2 : 0;
    }
    assert(slot == std::ssize(assignment));
    for (size_t s = 0; s < graph.steps.size();) {
      groups_.push_back({s, endOfGroup(s, limit)});
      s = groups_.back().last;
      mostLive_ = std::max(mostLive_, liveBytes(s));
    }
  }

  /// Bytes that a window keeps between two groups.
  int64_t mostLive() const { return mostLive_; }

  /// `progress` is told of windows of this batch.
  void run(std::span<const WindowView> windows, std::span<WindowLoss> losses, const WindowProgress &progress) {
    std::vector<WindowValues> values(windows.size());
    for (WindowValues &window : values) {
      window.memory.resize(graph_.values.size());
      window.views.resize(graph_.values.size());
    }
    std::atomic<int64_t> done = 0; // windows, through one group each
    for (const Group &group : groups_) {
      load(group);
      parallelFor(std::ssize(windows), [&](int64_t w) {
        const auto at = static_cast<size_t>(w);
        runGroup(group, windows[at].inputs, values[at]);
        if (progress)
          progress(++done / std::ssize(groups_));
        if (group.last < graph_.steps.size())
          return;
        const auto result = static_cast<size_t>(graph_.steps.back().output);
        losses[at].add(values[at].views[result].head(0), 0, rowsWithoutTarget(graph_, windows[at]), windows[at], at,
                       nullptr);
        values[at].memory.clear();
      });
      kernels_.clear();
      memory_.clear();
    }
  }

private:
  size_t rootOf(int value) const { return static_cast<size_t>(roots_[static_cast<size_t>(value)]); }

  /// Of values that are written before step `at` and read from there on, for one window of the longest.
  int64_t liveBytes(size_t at) const {
    int64_t elements = 0;
    for (size_t s = 0; s < at; ++s) {
      const auto value = static_cast<size_t>(graph_.steps[s].output);
      if (rootOf(graph_.steps[s].output) == value && lastUse_[value] >= at && at < graph_.steps.size())
        elements += mase::elementsOf(graph_.values[value], graph_.maxRows);
    }
    return elements * static_cast<int64_t>(sizeof(float));
  }

  /// As many steps as there is room for; cut where windows keep least, if that lies in the last half.
  size_t endOfGroup(size_t first, int64_t limit) const {
    size_t most = first;
    for (int64_t bytes = 0, passing = 0; most < graph_.steps.size(); ++most) {
      bytes += weightBytes(graph_.steps[most]);
      passing = std::max(passing, passingBytes(graph_.steps[most]));
      if (bytes + passing * threads() > limit && most > first)
        break;
    }
    if (most == graph_.steps.size())
      return most;
    size_t best = most;
    for (size_t at = most; at > first + (most - first) / 2; --at)
      if (liveBytes(at) < liveBytes(best))
        best = at;
    return best;
  }

  void load(const Group &group) {
    kernels_.resize(group.last - group.first);
    memory_.resize(group.last - group.first);
    parallelFor(std::ssize(kernels_), [&](int64_t k) {
      const auto at = static_cast<size_t>(k);
      const size_t s = group.first + at;
      OperatorDescription op = graph_.steps[s].op;
      op.maxRows = graph_.maxRows;
      for (Constant &constant : op.constants)
        if (constant.load) {
          memory_[at].push_back(constant.load());
          constant.values.data = memory_[at].back().data();
          constant.load = nullptr;
        }
      const OperatorEntry *entry = findOperator(op.name);
      if (!entry->make)
        return;
      kernels_[at] = entry->make(op);
      if (firstSlot_[s] >= 0)
        kernels_[at]->prepare(formatsOf(s));
    });
  }

  std::span<const Format *const> formatsOf(size_t step) const {
    return std::span(assignment_).subspan(static_cast<size_t>(firstSlot_[step]), 2);
  }

  void runGroup(const Group &group, std::span<const int32_t> ids, WindowValues &window) const {
    const auto rows = std::ssize(ids);
    std::vector<TensorView> inputs;
    for (size_t s = group.first; s < group.last; ++s) {
      const GraphStep &step = graph_.steps[s];
      const auto output = static_cast<size_t>(step.output);
      const ValueShape &shape = graph_.values[output];
      const std::unique_ptr<Kernel> &kernel = kernels_[s - group.first];
      if (kernel)
        window.memory[output] = std::make_unique<float[]>(static_cast<size_t>(mase::elementsOf(shape, rows)));
      TensorView &view = window.views[output];
      view = viewOf(shape, window.memory[rootOf(step.output)].get(), rows, rows);
      if (shape.rows >= 0)
        view.rows = shape.rows;
      if (!kernel) {
        view.rows = window.views[static_cast<size_t>(step.inputs[0])].rows;
        continue;
      }
      inputs.clear();
      for (int input : step.inputs)
        inputs.push_back(window.views[static_cast<size_t>(input)]);
      KernelCall call = {inputs, view, ids, 0, {}, firstSlot_[s], nullptr};
      if (firstSlot_[s] >= 0)
        call.formats = formatsOf(s);
      kernel->run(call);
      for (int input : step.inputs)
        if (lastUse_[rootOf(input)] == s)
          window.memory[rootOf(input)].reset();
    }
  }

  const Graph &graph_;
  const FormatAssignment &assignment_;
  std::vector<int> roots_;
  std::vector<size_t> lastUse_;
  std::vector<int64_t> firstSlot_; // of each step; -1: none
  std::vector<Group> groups_;
  int64_t mostLive_ = 0;
  std::vector<std::unique_ptr<Kernel>> kernels_; // of the group's steps
  std::vector<std::vector<std::vector<float>>> memory_;
};

} // namespace

int64_t residentBytes(const Graph &graph) {
  int64_t bytes = 0;
  for (const GraphStep &step : graph.steps)
    bytes += weightBytes(step);
  return bytes;
}

LossResult evaluateByLayers(const Graph &graph, const FormatAssignment &assignment, std::span<const WindowView> windows,
                            int64_t limit, int64_t *batches, const WindowProgress &progress) {
  for (const WindowView &window : windows)
    checkTokens(graph, 0, window.inputs, {});
  const int64_t forWindows = limit / 4;
  Layered layered(graph, assignment, limit - forWindows);
  std::vector<WindowLoss> losses(windows.size());
  const auto batch = static_cast<size_t>(std::max<int64_t>(forWindows / std::max<int64_t>(layered.mostLive(), 1), 1));
  int64_t count = 0;
  for (size_t first = 0; first < windows.size(); first += batch, ++count) {
    const size_t some = std::min(batch, windows.size() - first);
    WindowProgress ofAll;
    if (progress)
      ofAll = [&](int64_t done) { progress(static_cast<int64_t>(first) + done); };
    layered.run(windows.subspan(first, some), std::span(losses).subspan(first, some), ofAll);
  }
  if (batches)
    *batches = count;
  return totalLoss(losses, windows, false);
}

} // namespace mase
