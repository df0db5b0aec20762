// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Packing and unpacking at speed for the formats of plain_kernel.h: plain floats, fixed point and calibrated integers,
/// of up to 32 bits.
///
/// A row is quantised by those kernels first, and is still in the cache when its codes are made. Rows run in parallel;
/// the same codes on every instruction set.
#pragma once

#include "mase/formats/encoded_matrix.h"
#include "mase/formats/plain_kernel.h"

#include <functional>

namespace mase {

/// Level 2 of a format for some rows.
using QuantizeRows = std::function<void(ConstMatrixView x, MatrixView y)>;

/// Sign, exponent and mantissa of each, infinity above the largest number, NaN above that. Writes every element of
/// `result`, which has its shape and memory.
void plainFloatEncode(const PlainFloat &format, const QuantizeRows &quantize, ConstMatrixView x, EncodedMatrix &result);
void plainFloatDecode(const PlainFloat &format, const EncodedMatrix &x, MatrixView y);

/// Multiples of `step` as two's complement; NaN has the code of zero (F10). Multiples times the step are exact in fp32.
void plainIntegerEncode(float step, const QuantizeRows &quantize, ConstMatrixView x, EncodedMatrix &result);
void plainIntegerDecode(float step, const EncodedMatrix &x, MatrixView y);

} // namespace mase
