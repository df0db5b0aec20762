// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What silu, both gelus and tanh share at level 3: a table of the element's value (docs/operators.md, O8).
///
/// A gate is x * g(x) with 0 <= g <= 1. Its argument is the element's value in steps of 2^-11 within [-16, 16).
/// Rows run in parallel. Thread-safe. No MLIR.
#pragma once

#include "mase/ops/function_table.h"
#include "mase/ops/wide_rows.h"

#include <algorithm>

namespace mase {

constexpr int gateFraction = 11;     // t counts steps of 2^-11
constexpr int gateArgumentBits = 16; // -2^15 <= t < 2^15
constexpr int gateOutputBits = 16;   // o of the table

/// t of O8 for the element x * 2^exponent.
inline int64_t gateArgument(int32_t x, int32_t exponent) {
  constexpr int64_t limit = int64_t{1} << (gateArgumentBits - 1);
  // 24 bits of x and 32 more saturate as all farther shifts do.
  return std::clamp(roundingShift(x, std::max(-exponent - gateFraction, -32)), -limit, limit - 1);
}

/// The table of a gate's g: `f(z)` is g(32 z - 16).
inline TabulatedFunction gateFunction(const char *name, double (*f)(double)) {
  return {name, f, gateOutputBits, gateArgumentBits};
}

/// x * g(x) for every element, g from its table.
/// Errors  InputError when `format` is no edge's (edgeBits).
WideRows gateBitTrue(const FunctionTable &table, const Format &format, const BlockIntegers &x);

} // namespace mase
