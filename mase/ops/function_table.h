// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Tables of functions with linear interpolation: the same entries for the integer models and for the hardware
/// (docs/operators.md, O4).
///
/// A table is made once, by trying ever more entries until no argument's answer is off by more than 3/2; every argument
/// is tried, so the bound is no estimate. Making one takes milliseconds (2^18 arguments at most); answering is a
/// multiplication. Thread-safe. No MLIR.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mase {

/// What to tabulate: f over [0, 1], as round(2^outputBits * f(u / 2^argumentBits)).
struct TabulatedFunction {
  std::string name; // unique: tables are kept under it
  double (*f)(double);
  int outputBits;     // o of O4
  int argumentBits;   // k + m of O4
  uint32_t least = 0; // arguments below are never asked, entries below are not stored
};

class FunctionTable {
public:
  explicit FunctionTable(const TabulatedFunction &function);

  /// The answer for an argument, least <= argument <= 2^argumentBits.
  int64_t operator()(uint32_t argument) const {
    const uint32_t i = argument >> stepBits_, r = argument & ((1U << stepBits_) - 1);
    const int32_t *entry = entries_.data() + (i - first_);
    // Of the last argument r is 0, and no entry follows.
    const int64_t slope = r == 0 ? 0 : int64_t{entry[1]} - entry[0];
    return ((int64_t{entry[0]} << stepBits_) + slope * r + half_) >> stepBits_;
  }

  int indexBits() const { return indexBits_; } // k
  int stepBits() const { return stepBits_; }   // m
  /// Entries first() to 2^k.
  const std::vector<int32_t> &entries() const { return entries_; }
  int64_t first() const { return first_; }
  int outputBits() const { return outputBits_; }
  /// The worst |answer - 2^o f| over all arguments, at most 3/2.
  double worstError() const { return worstError_; }

private:
  int outputBits_, indexBits_ = 0, stepBits_ = 0;
  int64_t first_ = 0, half_ = 0;
  double worstError_ = 0;
  std::vector<int32_t> entries_;
};

/// The table of a function, made when it is first asked for.
const FunctionTable &functionTable(const TabulatedFunction &function);

} // namespace mase
