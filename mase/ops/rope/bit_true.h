// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Level 3 of `rope`: the integers that the hardware computes, bit for bit (docs/operators.md, O13).
///
/// No table of positions: the angle is position times a step modulo a turn of 2^32, and a quarter wave is tabulated.
/// Made once, then called for any rows, which run in parallel. Thread-safe. No MLIR.
#pragma once

#include "mase/ops/function_table.h"
#include "mase/ops/rope/rope_angles.h"
#include "mase/ops/wide_rows.h"

namespace mase {

/// The quarter wave.
TabulatedFunction quarterSine();

class RopeBitTrue {
public:
  /// headDim  features of a head, even
  RopeBitTrue(int64_t headDim, const RopeAngles &angles);
  RopeBitTrue(int64_t headDim, double theta) : RopeBitTrue(headDim, RopeAngles{theta, 0, 1, std::nullopt}) {}

  /// x              rows x (heads * headDim), in the format of its edge
  /// firstPosition  of row 0; row r is at firstPosition + r
  /// Errors  InputError when `format` is no edge's (edgeBits).
  WideRows operator()(const Format &format, const BlockIntegers &x, int64_t firstPosition) const;

  /// step_j of O13, one a pair: turns of 2^32 a position.
  const std::vector<uint32_t> &steps() const { return steps_; }
  int64_t headDim() const { return headDim_; }
  /// Features that share an exponent: lcm(headDim, 32).
  int64_t groupFeatures() const;

private:
  void row(const WholeRows &x, int64_t r, uint32_t position, WideRows &result) const;

  int64_t headDim_;
  std::vector<uint32_t> steps_;
};

/// 2^16 sin of a phase, a turn being 2^32; the cosine is the sine of phase + 2^30 (modulo 2^32).
int64_t ropeSine(uint32_t phase);

} // namespace mase
