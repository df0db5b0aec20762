// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/edge_sqnr.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <map>

namespace mase {
namespace {

/// The values of every edge, row by row, heads side by side.
using EdgeValues = std::vector<std::vector<float>>;

/// Of rows with a column for each token: those that a causal mask leaves, head by head.
bool grows(const Graph &graph, size_t step) {
  return graph.values[static_cast<size_t>(graph.steps[step].output)].cols < 0;
}

class FloatRecorder final : public Observer {
public:
  explicit FloatRecorder(const Graph &graph) : values(graph.steps.size()), graph_(graph) {}
  void onOutput(size_t step, const TensorView &output) override {
    auto &of = values[step];
    for (int64_t a = 0; a < (grows(graph_, step) ? output.heads : output.rows); ++a)
      for (int64_t b = 0; b < (grows(graph_, step) ? output.rows : output.heads); ++b) {
        const bool byHead = grows(graph_, step);
        const float *row = output.head(byHead ? a : b).row(byHead ? b : a);
        of.insert(of.end(), row, row + (byHead ? b + 1 : output.cols));
      }
  }
  EdgeValues values;

private:
  const Graph &graph_;
};

class IntegerRecorder final : public BitTrueObserver {
public:
  explicit IntegerRecorder(const Graph &graph) : values(graph.steps.size()), graph_(graph) {}
  void onEdge(size_t step, const IntegerRows &value) override {
    const BlockIntegers &rows = value.rows;
    const bool isStatic = value.format->scaleBits() == 0;
    const int64_t tokens = rows.rows / value.heads;
    for (int64_t r = 0; r < rows.rows; ++r)
      for (int64_t c = 0; c < (grows(graph_, step) ? r % tokens + 1 : rows.cols); ++c) {
        const auto at = static_cast<size_t>(r * rows.cols + c);
        const int64_t block = isStatic ? 0 : r * rows.blocksPerRow() + c / 32;
        values[step].push_back(static_cast<float>(
            std::ldexp(static_cast<double>(rows.q[at]),
                       rows.exponent[static_cast<size_t>(block)] + (rows.shift.empty() ? 0 : rows.shift[at]))));
      }
  }
  EdgeValues values;

private:
  const Graph &graph_;
};

struct Power {
  double signal = 0, noise = 0;
  void add(const std::vector<float> &reference, const std::vector<float> &value) {
    for (size_t i = 0; i < reference.size(); ++i) {
      signal += double{reference[i]} * reference[i];
      noise += (double{value[i]} - reference[i]) * (double{value[i]} - reference[i]);
    }
  }
  double decibel() const { return 10 * std::log10(signal / noise); }
};

} // namespace

std::vector<OperatorSqnr> operatorSqnr(Plan &plan, const FormatAssignment &assignment, const EdgeFormats &edges,
                                       std::span<const int32_t> ids) {
  assert(std::ssize(ids) <= BitTruePlan::rowsAtOnce);
  const std::vector<GraphStep> &steps = plan.graph().steps;
  const auto record = [&](const FormatAssignment &formats, const EdgeFormats &of) {
    FloatRecorder recorder(plan.graph());
    plan.prepare(formats);
    Sequence sequence(plan);
    plan.run(sequence, ids, formats, {.observer = &recorder, .edges = of.output, .tables = of.table});
    return std::move(recorder.values);
  };
  const EdgeValues floats = record(plan.uniform(fp32()), {}), emulated = record(assignment, edges);
  IntegerRecorder integers(plan.graph());
  const BitTruePlan bitTrue(plan.graph(), assignment, edges);
  BitTrueSequence sequence(bitTrue);
  bitTrue.run(sequence, ids, &integers);
  std::vector<OperatorSqnr> result;
  std::map<std::string, std::array<Power, 3>> powers;
  for (size_t s = 0; s < steps.size(); ++s) {
    const std::vector<float> &exact = floats[s], &cast = emulated[s], &whole = integers.values[s];
    if (exact.empty() || exact.size() != cast.size() || exact.size() != whole.size() || steps[s].op.name == "softmax")
      continue;
    const std::string &name = steps[s].op.name;
    auto found = std::find_if(result.begin(), result.end(), [&](const OperatorSqnr &one) { return one.name == name; });
    if (found == result.end())
      found = result.insert(result.end(), {name});
    ++found->edges;
    powers[name][0].add(exact, cast);
    powers[name][1].add(exact, whole);
    powers[name][2].add(cast, whole);
  }
  for (OperatorSqnr &one : result) {
    one.emulated = powers[one.name][0].decibel();
    one.bitTrue = powers[one.name][1].decibel();
    one.arithmetic = powers[one.name][2].decibel();
  }
  return result;
}

} // namespace mase
