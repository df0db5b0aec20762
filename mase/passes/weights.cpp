// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/passes/weights.h"

#include <algorithm>
#include <cassert>

namespace mase {

Weights::Weights(const Graph &graph) : graph_(graph), readers_(graph.values.size()), writers_(graph.values.size(), -1) {
  graph_.memory = nullptr;
  std::map<std::pair<const float *, bool>, float *> copies; // linears' apart from others'
  for (size_t s = 0; s < graph_.steps.size(); ++s) {
    GraphStep &step = graph_.steps[s];
    writers_[static_cast<size_t>(step.output)] = static_cast<int>(s);
    for (const int input : step.inputs)
      readers_[static_cast<size_t>(input)].push_back(s);
    for (Constant &constant : step.op.constants) {
      const ConstMatrixView from = constant.values;
      float *&copy = copies[{from.data, step.op.name == "linear"}];
      if (!copy) {
        std::vector<float> &values = memory_.emplace_back(static_cast<size_t>(from.rows * from.cols));
        for (int64_t r = 0; r < from.rows; ++r)
          std::copy_n(from.row(r), from.cols, values.data() + r * from.cols);
        copy = values.data();
        origins_[copy] = from.data;
      }
      constant.values = {copy, from.rows, from.cols};
      constant.format = nullptr;
    }
  }
}

std::map<const float *, const float *> Weights::renamed(const Weights &to) const {
  std::map<const float *, const float *> result;
  for (const auto &[copy, from] : to.origins_)
    result[copy] = origins_.at(from);
  return result;
}

MatrixView Weights::constant(size_t step, size_t k) const {
  const ConstMatrixView values = graph_.steps[step].op.constants.at(k).values;
  return {const_cast<float *>(values.data), values.rows, values.cols, values.stride}; // this object's memory
}

const float *Weights::origin(size_t step, size_t k) const {
  return origins_.at(graph_.steps[step].op.constants.at(k).values.data);
}

void Weights::assign(const Weights &other) {
  assert(memory_.size() == other.memory_.size());
  auto from = other.memory_.begin();
  for (std::vector<float> &values : memory_)
    std::copy(from->begin(), from->end(), values.begin()), ++from;
}

std::vector<size_t> Weights::linears() const {
  std::vector<size_t> result;
  for (size_t s = 0; s < graph_.steps.size(); ++s)
    if (is(s, "linear"))
      result.push_back(s);
  return result;
}

Plan Weights::plan(size_t steps) const {
  Graph graph = graph_;
  graph.steps.resize(steps);
  return Plan(std::move(graph));
}

} // namespace mase
