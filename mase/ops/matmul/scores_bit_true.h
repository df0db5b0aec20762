// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Level 3 of a query times a key (docs/operators.md, O14): absolute sums, so that a score depends on its two rows
/// alone.
#pragma once

#include "mase/ops/bit_true_operator.h"

namespace mase {

/// The scores' format for heads of so many features: fixed<24,F>.
std::string scoresFormat(int64_t features);

class ScoresBitTrue final : public BitTrueKernel {
public:
  /// Errors  InputError when a format has scales other than a power of two for each 1 x 32 or one static.
  ScoresBitTrue(const OperatorDescription &op, const BitTrueFormats &formats);

  /// queries (tokens x heads * features) and keys (all tokens x fewer heads * features) to scores.
  void run(const BitTrueCall &call, IntegerRows &output) const override;
  /// Scores are stored as they are: there is nothing wider.
  WideRows wide(const BitTrueCall &) const override { return {}; }

private:
  /// Rows, and their elements as whole numbers of 16 bits where they are.
  struct Narrow {
    Narrow(const BlockIntegers &from, bool whole);
    const BlockIntegers &rows;
    std::vector<int16_t> integer;
  };
  bool isOneTerm(int which) const;
  void oneTermScores(const Narrow &q, const Narrow &k, int64_t heads, int64_t group, int64_t position,
                     BlockIntegers &output) const;
  int64_t term(const Narrow &q, size_t at, const Narrow &k, size_t other, int64_t count) const;
  int64_t score(const Narrow &q, int64_t row, int64_t column, const Narrow &k, int64_t key, int64_t keyColumn) const;

  bool causal_;
  int64_t features_; // of a head
  bool isStatic_[2]; // of queries, keys
  int dropped_, space_, largestShift_;
  bool whole_;
  int fraction_;
};

} // namespace mase
