// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What one hardware linear is: shape, formats and tile. Everything about its hardware follows from these.
#pragma once

#include "mase/formats/format.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace mase {

/// What multiplies. Bits and cycles are the same.
enum class Multiplier {
  CarryRows, // rows of carry chains, in LUTs
  Dsp,       // DSP slices; the products of several outputs with one input share one, as many as fit (docs/rtl.md)
};

inline std::string_view nameOf(Multiplier multiplier) { return multiplier == Multiplier::Dsp ? "dsp" : "carry rows"; }

/// y[out] = W[out][in] x[in], one token row after the other.
struct LinearConfig {
  int64_t inFeatures = 0, outFeatures = 0;
  const Format *input = nullptr, *weight = nullptr; // operands, along the input features
  const Format *output = nullptr;                   // the cast behind the sum, along the outputs; none: sums, O18
  int tileIn = 32;                                  // input features multiplied in a cycle, for each output of the tile
  int tileOut = 1;                                  // outputs computed side by side
  bool hasBias = false;                             // one term more of each sum (O17)
  int guardBits = 10;                               // bits kept below the unit of the aligned sum (arithmetic.md)
  /// Bits that the cast drops where input and output are static: of the tensors, known once there are weights (A25).
  int castShift = 0;

  Multiplier multiplier = Multiplier::CarryRows;

  int64_t macsPerCycle() const { return int64_t{tileIn} * tileOut; }
  /// Cycles in which one row occupies the multipliers.
  int64_t beatsPerRow() const { return (inFeatures / tileIn) * (outFeatures / tileOut); }
};

} // namespace mase
