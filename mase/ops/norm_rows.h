// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What rms_norm and layer_norm share at level 3 (docs/operators.md, O9 to O12).
///
/// Made once for an operator's constants, then called for any rows. Rows run in parallel. Thread-safe. No MLIR.
#pragma once

#include "mase/ops/function_table.h"
#include "mase/ops/wide_rows.h"

#include <span>

namespace mase {

/// Whether the row's mean is subtracted.
enum class Centering { none, mean };

/// The table of O11.
TabulatedFunction reciprocalRoot();

/// The constants of a norm, as the hardware holds them.
struct NormConstants {
  int64_t features = 0;
  int featureBits = 0;         // ceil(log2 features)
  int64_t rho = 0;             // round(2^w / features), w = 16 + featureBits (O9)
  int64_t kappa = 0;           // features * epsilon is kappa * 2^z (O10)
  int z = 0;                   //
  int g = 0;                   // gain i is worth gain[i] * 2^g, already times sqrt(features) (O12)
  std::vector<int32_t> gain;   // |gain[i]| < 2^15
  std::vector<int64_t> offset; // in units of 2^(g - 8); |offset[i]| < 2^38
  int offsetBits = 0;          // of the largest |offset|
  int sumBits() const { return 2 + (offsetBits > 24 ? offsetBits : 24); } // Sb
  /// D of O10 for rows in `format`.
  static int dropped(const Format &format);
  /// Emin of O10.
  int32_t leastExponent(const Format &format) const;
};

class NormRows {
public:
  /// gain     one a feature
  /// offset   one a feature, or empty: zeros
  /// epsilon  not negative
  NormRows(Centering centering, double epsilon, std::span<const float> gain, std::span<const float> offset);

  /// x  rows x features, in the format of its edge; or rows x heads * features, each head of which is a row
  /// Errors  InputError when `format` is no edge's (edgeBits).
  WideRows operator()(const Format &format, const BlockIntegers &x) const;

  const NormConstants &constants() const { return constants_; }

private:
  void row(const Format &format, const WholeRows &x, int64_t r, int64_t head, WideRows &result) const;

  Centering centering_;
  NormConstants constants_;
};

} // namespace mase
