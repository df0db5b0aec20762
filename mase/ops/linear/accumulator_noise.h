// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What the accumulator of a linear loses: its aligned, rounded sums (arithmetic.md A6 to A8, and the product window of
/// A18) against the exact sums of the same quantised operands.
///
/// A format's own quantisation is no part of it, nor is the cast behind the sums. Bit-true: the sums are those of
/// LinearBitTrue, hence of the hardware.
#pragma once

#include "mase/ops/linear/linear_config.h"
#include "mase/support/matrix.h"

namespace mase {

/// Squares of the exact sums and of what the accumulator's differ from them, over rows x outputs.
struct AccumulatorNoise {
  double signal = 0, noise = 0;
  /// 10 log10(signal / noise) in dB, infinite when no sum differs.
  double sqnr() const;
};

/// weight  outFeatures x inFeatures, input  rows x inFeatures: fp32, quantised here in the config's formats
/// Errors  as LinearBitTrue; InputError for NaN and infinity.
AccumulatorNoise accumulatorNoise(const LinearConfig &config, ConstMatrixView weight, ConstMatrixView input);

} // namespace mase
