// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Level 3 of a linear layer: the integers that the hardware computes, bit for bit (docs/arithmetic.md, A1 to A16).
///
/// Operands are the integer views of MXInt tensors in blocks of 1 x 32 (Format::integers). Only the formats, the shape
/// and the guard bits of the config matter; the tile never changes a bit (A15).
/// Cost    about one integer multiply-add an element and an alignment a block; rows run in parallel.
/// Thread-safe. No MLIR.
#pragma once

#include "mase/ops/linear/linear_config.h"

#include <cstdint>
#include <vector>

namespace mase {

/// Bits of a term, sign included (A4).
int linearTermBits(const LinearConfig &config);
/// Bits of a sum, sign included (A7).
/// Errors  InputError above 63 bits.
int linearSumBits(const LinearConfig &config);

/// The exact sums behind the outputs, before their cast: output (r, o) is worth `sum[r * cols + o] * 2^exponent[r]`.
struct LinearSums {
  int64_t rows = 0, cols = 0;
  std::vector<int64_t> sum;      // rows x cols
  std::vector<int32_t> exponent; // one a row (A8)
};

/// A linear layer with its weights laid out for many calls.
class LinearBitTrue {
public:
  /// weight  outFeatures x inFeatures
  /// Errors  InputError when a format is not an MXInt in blocks of 1 x 32, or a sum takes more than 63 bits.
  LinearBitTrue(const LinearConfig &config, const BlockIntegers &weight);

  /// input  rows x inFeatures; any number of rows, each independent of the others (A16)
  LinearSums sums(const BlockIntegers &input) const;
  /// rows x outFeatures in the config's output format: sums, then cast.
  BlockIntegers operator()(const BlockIntegers &input) const;

  const LinearConfig &config() const { return config_; }

private:
  LinearConfig config_;
  int64_t blocks_ = 0;              // of one row of weights
  int32_t largestExponent_ = 0;     // E_tensor (A5)
  std::vector<int16_t> elements_;   // outFeatures x blocks x 32, zero-padded (A3)
  std::vector<int32_t> difference_; // outFeatures x blocks: E_tensor - exponent
};

/// The cast behind a linear: sums of `sumBits` bits to MXInt in blocks of 1 x 32 along the outputs (A9 to A13).
/// Errors  InputError when `format` is not an MXInt in blocks of 1 x 32.
BlockIntegers castSums(const Format &format, int sumBits, const LinearSums &sums);

/// One call, weights used once.
void linearBitTrue(const LinearConfig &config, const BlockIntegers &weight, const BlockIntegers &input,
                   BlockIntegers &output);

} // namespace mase
