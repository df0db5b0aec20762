// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A model in the integers of its hardware: level 3 (docs/arithmetic.md).
///
/// The same graph as the plan's, with a format on every edge. Feeding a prompt at once or token by token gives the same
/// bits (law 3), on any number of threads; an encoder runs its text at once. No MLIR.
#pragma once

#include "mase/ops/bit_true_operator.h"
#include "mase/runtime/edges.h"

namespace mase {

class BitTruePlan;

/// Sees every edge as it is computed.
class BitTrueObserver {
public:
  virtual ~BitTrueObserver() = default;
  /// `value` of step `step` for the next tokens, some at a time; a cache has all rows so far.
  virtual void onEdge(size_t step, const IntegerRows &value) = 0;
};

/// One sequence in progress. One thread at a time.
class BitTrueSequence {
public:
  explicit BitTrueSequence(const BitTruePlan &plan);
  void restart() { position_ = 0; }
  int64_t position() const { return position_; }

private:
  friend class BitTruePlan;
  std::vector<IntegerRows> values_; // one a value
  int64_t position_ = 0;
};

class BitTruePlan {
public:
  /// Prefill equals decode, so rows may run in any portions: in these, what lies between two operators stays in the
  /// cache.
  static constexpr int64_t rowsAtOnce = 64;

  /// Errors  InputError when an operator has no integer model, or none in its formats; the edge is named.
  BitTruePlan(const Graph &graph, const FormatAssignment &assignment, const EdgeFormats &edges);

  /// Appends `ids` and gives the sums of the last operator, the logits: one row a token (of a classifier one row in
  /// all). `tokenTypes`: one for each id; empty: all 0. Errors  as checkTokens (plan.h).
  WideRows run(BitTrueSequence &sequence, std::span<const int32_t> ids, BitTrueObserver *observer = nullptr,
               std::span<const int32_t> tokenTypes = {}) const;

  /// Tokens that it computes together: who takes the sums in such portions needs no memory for more. All tokens where
  /// only the whole sequence has a result.
  int64_t portion() const;

  const EdgeFormats &edges() const { return edges_; }
  const Graph &graph() const { return graph_; }
  /// The formats around a step, casts behind its operands' edges.
  const BitTrueFormats &formats(size_t step) const { return steps_[step].formats; }

private:
  friend class BitTrueSequence;
  WideRows runChunk(BitTrueSequence &sequence, std::span<const int32_t> ids, std::span<const int32_t> tokenTypes,
                    BitTrueObserver *observer) const;

  struct Step {
    std::unique_ptr<BitTrueKernel> kernel; // null: a view
    BitTrueFormats formats;
  };

  Graph graph_;
  EdgeFormats edges_;
  bool atOnce_; // rows depend on later ones
  std::vector<Step> steps_;
};

/// The values of wide rows, as logits are evaluated: rows x cols.
std::vector<float> toFloats(const WideRows &wide);

} // namespace mase
