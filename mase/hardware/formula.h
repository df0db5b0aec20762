// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Formulas in data files: numbers, names, + - * /, parentheses, and functions of whole numbers.
///
/// min(a, b), max(a, b)
/// log2(a)      bits that count to a: the least n with 2^n >= a; 0 up to 1
/// pow2(a)      2^a
/// ceil(a)      the least whole number that is not below a
/// least(a, b)  1 where a <= b, else 0
#pragma once

#include "mase/hardware/area_model.h"

namespace mase {

/// Errors  InputError: not a formula, a name that does not exist (with the nearest).
double evaluateFormula(const std::string &formula, const Variables &variables);

} // namespace mase
