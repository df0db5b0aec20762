// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The aligned sums of a linear (docs/arithmetic.md, A4 to A8) in SIMD integers: what makes level 3 fast.
///
/// For operands that are whole numbers with exact products, blocks that are powers of two, and terms which fit 31 bits
/// with their guard bits; others take the plain loop of bit_true.cpp, which is the definition and gives the same bits.
/// Thread-safe.
#pragma once

#include <cstdint>
#include <vector>

namespace mase {

/// Weights in panels of 32 outputs: for each term pairs of features side by side, so that one broadcast of an input's
/// pair meets one load; and each term's distance from the tensor's largest exponent.
struct AlignedWeights {
  static constexpr int64_t panel = 32;
  int64_t outputs = 0, terms = 0, termFeatures = 0;
  int termBits = 0, guardBits = 0; // Tb of A4 and G
  std::vector<int16_t> element;    // panels x terms x termFeatures / 2 x 32 x 2
  std::vector<int32_t> difference; // panels x terms x 32

  /// Whether the kernel takes terms of so many bits.
  static bool takes(int termBits, int guardBits) { return termBits + guardBits <= 31; }
};

/// element     outputs x terms * termFeatures
/// difference  outputs x terms
AlignedWeights packAligned(int64_t outputs, int64_t terms, int64_t termFeatures, int termBits, int guardBits,
                           const int16_t *element, const int32_t *difference);

/// input  rows x terms * termFeatures, an even number a term
/// below  rows x terms: how far the input's block lies below its row's exponent
/// sum    rows x outputs, with so many elements from row to row; sums are added to what is there
void addAlignedSums(const AlignedWeights &weights, int64_t rows, const int16_t *input, const int32_t *below,
                    int64_t *sum, int64_t stride);

} // namespace mase
