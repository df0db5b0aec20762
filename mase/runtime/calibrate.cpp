// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/calibrate.h"

#include "mase/support/error.h"

#include <algorithm>
#include <cmath>

namespace mase {
namespace {

class Ranges final : public Observer {
public:
  explicit Ranges(const Graph &graph, size_t linears) : linearOf_(graph.steps.size(), -1) {
    found.input.resize(linears), found.output.resize(linears);
    int next = 0;
    for (size_t s = 0; s < graph.steps.size(); ++s)
      if (graph.steps[s].op.name == "linear")
        linearOf_[s] = next++;
  }

  void onInput(int64_t firstSlot, ConstMatrixView input) override {
    widen(found.input[static_cast<size_t>(firstSlot / 2)], input);
  }
  void onOutput(size_t step, const TensorView &output) override {
    if (linearOf_[step] >= 0)
      widen(found.output[static_cast<size_t>(linearOf_[step])], output.head(0));
  }

  LinearRanges found;

private:
  static void widen(float &largest, ConstMatrixView values) {
    for (int64_t r = 0; r < values.rows; ++r)
      for (int64_t c = 0; c < values.cols; ++c)
        largest = std::max(largest, std::fabs(values.row(r)[c]));
  }

  std::vector<int> linearOf_; // for each step; -1: none
};

const Format *calibratedOne(const Format *wanted, float largest) {
  if (&wanted->withRowScales() == wanted)
    return wanted;
  const Format *found = wanted->calibrated(largest);
  if (!found)
    fail("format '{}' has one scale for the tensor, which cannot be calibrated (that of int<W> can)", wanted->name());
  return found;
}

} // namespace

LinearRanges recordRanges(Plan &plan, std::span<const std::span<const int32_t>> windows) {
  Ranges ranges(plan.graph(), plan.slots().size() / 2);
  const FormatAssignment floats = plan.uniform(fp32());
  plan.prepare(floats);
  Sequence sequence(plan);
  for (const std::span<const int32_t> &ids : windows) {
    sequence.restart();
    plan.run(sequence, ids, floats, {.observer = &ranges});
  }
  return std::move(ranges.found);
}

FormatAssignment calibrated(FormatAssignment wanted, const LinearRanges &ranges) {
  for (size_t i = 1; i < wanted.size(); i += 2)
    wanted[i] = calibratedOne(wanted[i], ranges.input[i / 2]);
  return wanted;
}

std::vector<const Format *> calibratedOutputs(std::vector<const Format *> wanted, const LinearRanges &ranges) {
  for (size_t i = 0; i < wanted.size(); ++i)
    if (wanted[i])
      wanted[i] = calibratedOne(wanted[i], ranges.output[i]);
  return wanted;
}

} // namespace mase
