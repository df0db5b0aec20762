// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Level 2 at memory speed for formats whose scale does not follow the data: plain floats (F11), fixed point
/// (F10) and calibrated integers (F17).
///
/// One pass, in place or not; rows run in parallel. Each step is exact or IEEE 754's own rounding, so results are the
/// same on every instruction set.
#pragma once

#include "mase/support/matrix.h"

namespace mase {

/// An IEEE 754 float of at most 8 bits of exponent and 23 of mantissa.
struct PlainFloat {
  int minExponent = 0; ///< of its smallest normal number
  int mantissaBits = 0;
  float largest = 0;
};

/// Nearest even, overflow to infinity, subnormals; NaN and infinities stay as they are.
void plainFakeQuantize(const PlainFloat &format, ConstMatrixView x, MatrixView y);

/// Integers from `least` to `greatest`, below 2^24, times 2^exponent: nearest even, saturating; the sign of zero and
/// NaN stay.
void fixedFakeQuantize(int32_t least, int32_t greatest, int exponent, ConstMatrixView x, MatrixView y);

/// Integers of magnitudes up to `greatest` times a step, the product of both at most 24 bits: likewise. A quotient in
/// fp32 is put right by its remainder, which is exact (nearest-inl.h). The step lies between 2^-100 and 2^100.
void steppedFakeQuantize(int32_t greatest, float step, ConstMatrixView x, MatrixView y);

} // namespace mase
