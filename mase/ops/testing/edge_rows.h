// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Rows for tests of level 3: every legal code, exponents near and far, and what breaks widths.
///
/// Deterministic in the seed. Linked into tests only.
#pragma once

#include "mase/ops/wide_rows.h"

#include <string>
#include <vector>

namespace mase::testing {

/// Formats that tests of operators run over: integers, floats, static scales; narrow to the widest (N = 24).
const std::vector<std::string> &edgeFormats();

/// How far apart the exponents of a row's blocks are.
enum class Spread { near, far, whole };

/// rows x cols of random codes. Row by row in turn: all codes, largest magnitudes of one sign, of random signs, blocks
/// of zeros between others, small magnitudes, and a single element that is not zero. near   exponents of octaves around
/// 1;  far  up to 60 octaves apart;  whole  all that can be stored
BlockIntegers edgeRows(const Format &format, int64_t rows, int64_t cols, Spread spread, uint64_t seed);

/// Exact values, row-major.
std::vector<double> valuesOf(const Format &format, const BlockIntegers &rows);
std::vector<double> valuesOf(const WideRows &wide);

/// The exponent of element (r, c).
int32_t exponentAt(const WideRows &wide, int64_t r, int64_t c);

/// Whether every |sum| is below 2^(bits - 1).
bool keepsItsWidth(const WideRows &wide);

} // namespace mase::testing
