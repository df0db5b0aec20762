// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Level 2 at memory speed for formats whose scale does not follow the data: plain floats (F11) and fixed point (F10).
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

/// Integers of `width` bits (2 to 24) times 2^-fraction: nearest even, saturating; the sign of zero and NaN stay.
void fixedFakeQuantize(int width, int fraction, ConstMatrixView x, MatrixView y);

} // namespace mase
