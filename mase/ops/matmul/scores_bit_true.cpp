// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// O14 of docs/operators.md.
#include "mase/ops/matmul/scores_bit_true.h"

#include "mase/ops/matmul/attention_kernels.h"
#include "mase/support/error.h"
#include "mase/support/parallel.h"

#include <algorithm>
#include <bit>

namespace mase {
namespace {

constexpr int extraBits = 4;                             // of terms below a score's unit
constexpr int64_t largestTerm = (int64_t{1} << 33) - 1;  //
constexpr int64_t largestScore = (int64_t{1} << 23) - 1; //

int scoreFraction(int64_t features) { return 12 - (std::bit_width(static_cast<uint64_t>(features)) - 1) / 2; }

int64_t saturate(int64_t value, int64_t limit) { return std::clamp(value, -limit, limit); }

/// rs(term, right), saturated before a left shift could overflow.
int64_t absoluteTerm(int64_t term, int64_t right) {
  if (right >= 0)
    return saturate(roundingShift(term, right), largestTerm);
  if (term == 0)
    return 0;
  if (-right > 34 || std::abs(term) > (largestTerm >> -right))
    return term > 0 ? largestTerm : -largestTerm;
  return term * (int64_t{1} << -right);
}

OperandShape operandOf(const Format *format, const char *which) {
  if (!format->hasIntegers() || format->operand().scaleSignificandBits > 0 ||
      format->operand().outerSignificandBits > 0 ||
      (format->scaleBits() > 0 ? format->block() != BlockShape{} : format->scaleReach() != ScaleReach::none))
    fail("{} in format '{}' have no integer product (blocks of 1x32 under powers of two or fixed point would be right)",
         which, format->name());
  return format->operand();
}

} // namespace

ScoresBitTrue::ScoresBitTrue(const OperatorDescription &op, const BitTrueFormats &formats)
    : causal_(op.attributeOr("causal", false)), features_(op.inputs.at(0).cols) {
  const OperandShape q = operandOf(formats.inputs.at(0), "queries"), k = operandOf(formats.inputs.at(1), "keys");
  isStatic_[0] = formats.inputs[0]->scaleBits() == 0;
  isStatic_[1] = formats.inputs[1]->scaleBits() == 0;
  const int significands = q.significandBits + k.significandBits, exact = significands + q.maxShift + k.maxShift;
  const int bits = std::min(exact, std::max(significands, 24)); // A18
  dropped_ = exact - bits;
  space_ = bits - significands;
  largestShift_ = q.maxShift + k.maxShift;
  whole_ = dropped_ == 0 && q.significandBits + q.maxShift <= 15 && k.significandBits + k.maxShift <= 15 && exact <= 26;
  fraction_ = scoreFraction(features_);
  if (formats.output->name() != scoresFormat(features_))
    fail("scores in format '{}' have no hardware ('{}' would be right)", formats.output->name(),
         scoresFormat(features_));
}

std::string scoresFormat(int64_t features) { return fmt::format("fixed<24,{}>", scoreFraction(features)); }

void ScoresBitTrue::run(const BitTrueCall &call, IntegerRows &output) const {
  const IntegerRows &q = *call.inputs[0], &k = *call.inputs[1];
  const int64_t rows = q.rows.rows, keys = k.rows.rows, heads = q.heads, group = heads / k.heads;
  output.heads = heads;
  output.rows.rows = heads * rows;
  output.rows.cols = keys;
  output.rows.block = {std::max<int64_t>(heads * rows, 1), std::max<int64_t>(keys, 1)};
  output.rows.exponent = {-fraction_};
  output.rows.shift.clear();
  output.rows.q.resize(static_cast<size_t>(heads * rows * keys));
  const Narrow left(q.rows, whole_), right(k.rows, whole_);
  if (whole_ && features_ % 2 == 0 && isOneTerm(0) && isOneTerm(1))
    return oneTermScores(left, right, heads, group, call.position, output.rows);
  parallelFor(heads * rows, [&](int64_t at) {
    const int64_t head = at / rows, row = at % rows;
    const int64_t last = causal_ ? std::min(call.position + row + 1, keys) : keys;
    for (int64_t key = 0; key < last; ++key)
      output.rows.q[static_cast<size_t>(at * keys + key)] =
          static_cast<int32_t>(score(left, row, head * features_, right, key, head / group * features_));
    std::fill(output.rows.q.begin() + at * keys + last, output.rows.q.begin() + (at + 1) * keys, 0);
  });
}

/// Whether a head never lies in two blocks.
bool ScoresBitTrue::isOneTerm(int which) const { return isStatic_[which] || WideRows::blockCols % features_ == 0; }

/// The same where each score is one exact term: the products of 16 keys at a time.
void ScoresBitTrue::oneTermScores(const Narrow &q, const Narrow &k, int64_t heads, int64_t group, int64_t position,
                                  BlockIntegers &output) const {
  const int64_t rows = q.rows.rows, keys = k.rows.rows;
  const auto exponentOf = [&](const Narrow &x, int which, int64_t row, int64_t column) {
    const int64_t block = row * x.rows.blocksPerRow() + column / WideRows::blockCols;
    return int64_t{x.rows.exponent[isStatic_[which] ? 0 : static_cast<size_t>(block)]};
  };
  parallelFor(heads / group, [&](int64_t keyHead) {
    const int64_t column = keyHead * features_;
    const KeyPanels panels = packKeys(k.integer.data() + column, k.rows.cols, keys, features_);
    std::vector<int32_t> term(static_cast<size_t>(keys + KeyPanels::panel));
    std::vector<int64_t> right(static_cast<size_t>(keys)); // of O14, for a query's exponent of 0
    for (int64_t key = 0; key < keys; ++key)
      right[static_cast<size_t>(key)] = -(exponentOf(k, 1, key, column) + dropped_ + fraction_ + extraBits);
    for (int64_t head = keyHead * group; head < (keyHead + 1) * group; ++head)
      for (int64_t row = 0; row < rows; ++row) {
        const int64_t last = causal_ ? std::min(position + row + 1, keys) : keys;
        queryTerms(panels, q.integer.data() + row * q.rows.cols + head * features_, last, term.data());
        const int64_t exponent = exponentOf(q, 0, row, head * features_);
        int32_t *score = output.q.data() + (head * rows + row) * keys;
        alignScores(term.data(), right.data(), exponent, last, extraBits, largestTerm, largestScore, score);
        std::fill(score + last, score + keys, 0);
      }
  });
}

ScoresBitTrue::Narrow::Narrow(const BlockIntegers &from, bool whole) : rows(from) {
  if (!whole)
    return;
  integer.resize(from.q.size());
  for (size_t i = 0; i < integer.size(); ++i)
    integer[i] = static_cast<int16_t>(from.q[i] * (from.shift.empty() ? 1 : 1 << from.shift[i]));
}

int64_t ScoresBitTrue::term(const Narrow &q, size_t at, const Narrow &k, size_t other, int64_t count) const {
  if (whole_) {
    int32_t sum = 0;
    for (int64_t i = 0; i < count; ++i)
      sum += int32_t{q.integer[at + static_cast<size_t>(i)]} * k.integer[other + static_cast<size_t>(i)];
    return sum;
  }
  int64_t sum = 0;
  for (size_t i = 0; i < static_cast<size_t>(count); ++i) { // A18
    const int shift =
        (q.rows.shift.empty() ? 0 : q.rows.shift[at + i]) + (k.rows.shift.empty() ? 0 : k.rows.shift[other + i]);
    const int64_t product = int64_t{q.rows.q[at + i]} * k.rows.q[other + i] * (int64_t{1} << space_);
    sum += roundingShift(product, largestShift_ - shift);
  }
  return sum;
}

int64_t ScoresBitTrue::score(const Narrow &q, int64_t row, int64_t column, const Narrow &k, int64_t key,
                             int64_t keyColumn) const {
  constexpr int64_t block = WideRows::blockCols;
  const auto exponent = [](const BlockIntegers &x, bool isStatic, int64_t r, int64_t c) {
    return int64_t{x.exponent[isStatic ? 0 : static_cast<size_t>(r * x.blocksPerRow() + c / block)]};
  };
  int64_t sum = 0;
  for (int64_t done = 0; done < features_;) {
    const int64_t a = column + done, b = keyColumn + done;
    int64_t count = features_ - done; // to the next edge of a block on either side
    if (!isStatic_[0])
      count = std::min(count, block - a % block);
    if (!isStatic_[1])
      count = std::min(count, block - b % block);
    const int64_t value =
        term(q, static_cast<size_t>(row * q.rows.cols + a), k, static_cast<size_t>(key * k.rows.cols + b), count);
    const int64_t unit = exponent(q.rows, isStatic_[0], row, a) + exponent(k.rows, isStatic_[1], key, b) + dropped_;
    sum += absoluteTerm(value, -(unit + fraction_ + extraBits));
    done += count;
  }
  return saturate(roundingShift(sum, extraBits), largestScore);
}

} // namespace mase
