// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A model whose weights may be changed: a graph over its own fp32 memory, and how its steps hang together.
///
/// Passes read the graph as it is executed: which linears read one value, which norm stands in front of them, which
/// value is the residual stream. No pass knows an architecture, and one that a pass does not understand is refused. No
/// MLIR. Not thread-safe.
#pragma once

#include "mase/runtime/plan.h"

#include <list>
#include <map>

namespace mase {

class Weights {
public:
  /// Copies the constants. A tensor that a linear reads and something else too (a tied head) becomes two.
  explicit Weights(const Graph &graph);
  Weights(const Weights &other) : Weights(other.graph_) { origins_ = other.renamed(*this); }
  Weights &operator=(const Weights &) = delete;

  const Graph &graph() const { return graph_; }
  /// Constant `k` of a step; `has` tells whether there is one.
  MatrixView constant(size_t step, size_t k) const;
  bool has(size_t step, size_t k) const { return k < graph_.steps[step].op.constants.size(); }
  /// What the constant was in the graph that this was made of, at first.
  const float *origin(size_t step, size_t k) const;

  /// The same values as `other`, which was copied from this or this from it.
  void assign(const Weights &other);

  /// Steps that read a value, in order.
  const std::vector<size_t> &readers(int value) const { return readers_[static_cast<size_t>(value)]; }
  /// The step that writes it; -1: none.
  int writer(int value) const { return writers_[static_cast<size_t>(value)]; }
  const GraphStep &step(size_t s) const { return graph_.steps[s]; }
  bool is(size_t s, std::string_view name) const { return graph_.steps[s].op.name == name; }
  /// Steps that are linears, in slot order.
  std::vector<size_t> linears() const;
  /// A plan over this memory, for sequences of the graph's length. `steps`: the first so many of them alone.
  Plan plan(size_t steps) const;
  Plan plan() const { return plan(graph_.steps.size()); }

private:
  std::map<const float *, const float *> renamed(const Weights &to) const;
  Graph graph_;
  std::list<std::vector<float>> memory_;
  std::map<const float *, const float *> origins_; // of own memory
  std::vector<std::vector<size_t>> readers_;       // for each value
  std::vector<int> writers_;
};

} // namespace mase
