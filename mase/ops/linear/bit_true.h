// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Level 3 of a linear layer: the integers that the hardware computes, bit for bit (docs/arithmetic.md, A1 to A25).
///
/// Operands are the integer views of tensors in blocks of 1 x 32 (Format::integers; operands.h says which formats).
/// Only the formats, the shape and the guard bits of the config matter; the tile never changes a bit (A15). Cost about
/// one integer multiply-add an element and an alignment a block; rows run in parallel. Thread-safe. No MLIR.
#pragma once

#include "mase/ops/linear/aligned_gemm.h"
#include "mase/ops/linear/bias.h"
#include "mase/ops/linear/linear_config.h"
#include "mase/ops/linear/operands.h"

#include <cstdint>
#include <vector>

namespace mase {

/// Bits of a term, sign included (A4).
int linearTermBits(const LinearConfig &config);
/// Guard bits below the unit of aligned terms: none where nothing is aligned (A24).
int linearGuardBits(const LinearConfig &config);
/// Bits of a sum, sign included, that of its factor too (A7, A23).
/// Errors  InputError above 63 bits.
int linearSumBits(const LinearConfig &config);

/// The bias of a linear whose sums have that factor (O17, A23). Empty without one.
/// Errors  InputError when a value is not finite.
LinearBias linearBias(const LinearConfig &config, const SumFactor &factor, std::span<const float> bias);
/// C of O17: the least exponent of a row. `tensorExponent` is E_tensor (A5).
int leastRowExponent(const LinearConfig &config, const LinearBias &bias, int tensorExponent);

/// The exact sums behind the outputs, before their cast: output (r, o) is worth `sum[r * cols + o] * 2^exponent[r]`,
/// in units of the output's step's significand where it has one (A23).
struct LinearSums {
  int64_t rows = 0, cols = 0;
  std::vector<int64_t> sum;      // rows x cols
  std::vector<int32_t> exponent; // one a row (A8)
};

/// Sums where they lie: rows x cols of them, exponents one a row or one for each 32 columns of a row.
struct SumView {
  int64_t rows = 0, cols = 0;
  const int64_t *sum = nullptr;
  const int32_t *exponent = nullptr;
  bool ofRows = true;
};

/// A linear layer with its weights laid out for many calls.
class LinearBitTrue {
public:
  /// weight  outFeatures x inFeatures
  /// bias    one an output, if the config has one (O17)
  /// Errors  InputError when a format has no linear (operands.h), a sum takes more than 63 bits, or a bias is not
  ///         finite. The output's format may be missing: then there are only sums().
  LinearBitTrue(const LinearConfig &config, const BlockIntegers &weight, std::span<const float> bias = {});

  /// input  rows x inFeatures; any number of rows, each independent of the others (A16)
  LinearSums sums(const BlockIntegers &input) const;
  /// The same into memory of rows x outFeatures sums and one exponent a row.
  void sums(const BlockIntegers &input, int64_t *sum, int32_t *exponent) const;
  /// rows x outFeatures in the config's output format: sums, then cast.
  BlockIntegers operator()(const BlockIntegers &input) const;

  const LinearConfig &config() const { return config_; }

private:
  /// Elements of rows, each padded to whole blocks (A3).
  struct Rows {
    std::vector<int16_t> integer; // significands, or whole numbers: significand * 2^shift
    std::vector<uint8_t> shift;   // of significands
    void add(const BlockIntegers &from, int64_t row, bool whole);
  };
  /// Adds the aligned terms of one row, whose largest exponent is `largest`, to its sums: the definition.
  void addTerms(const Rows &x, const int32_t *exponent, bool isStatic, int32_t largest, int64_t *sum) const;
  int64_t windowTerm(const Rows &x, int64_t at, int64_t weightAt) const;

  LinearConfig config_;
  int64_t blocks_ = 0;          // of one row of weights
  int32_t largestExponent_ = 0; // E_tensor (A5)
  ProductWindow window_;        // A18
  int significandBits_ = 0;     // of both operands together
  bool whole_ = false;          // elements are whole numbers and products exact
  Rows weights_;
  int64_t termFeatures_ = 32, terms_ = 0; // of one output
  std::vector<int32_t> difference_;       // outFeatures x terms: E_tensor - exponent
  std::vector<int32_t> scale_;            // outFeatures x terms, or empty: significands of scales (A21)
  SumFactor factor_;                      // A23, A27
  int guardBits_ = 0;                     // A24
  AlignedWeights aligned_;                // terms, where the SIMD kernel takes them; else empty
  LinearBias bias_;
  int leastExponent_ = 0; // of a row, where there is a bias: C of O17
};

/// The cast behind a linear: sums of `sumBits` bits to blocks of 1 x 32 along the outputs (A9 to A13, A19, A20), or to
/// the one block of a static format (A25).
/// Errors  InputError when `format` is no output of a linear (operands.h).
BlockIntegers castSums(const Format &format, int sumBits, const LinearSums &sums);
/// The same into `cast`, whose memory is used again.
void castSums(const Format &format, int sumBits, const SumView &sums, BlockIntegers &cast);

/// One call, weights used once.
void linearBitTrue(const LinearConfig &config, const BlockIntegers &weight, const BlockIntegers &input,
                   BlockIntegers &output);

} // namespace mase
