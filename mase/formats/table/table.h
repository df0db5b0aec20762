// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A user's own format: elements from a TOML file, `table(path.toml)` with a path from the working directory, or
/// `table(NAME)` for those beside this header.
///
///     values = [-1.0, -0.5, 0.0, 0.5, 1.0]    # code i stands for values[i]; 2 to 256 of them, zero among them
///     scale = "fp32"                           # e4 to e8, fp32, e4m3 (default e8)
///     block = "1x64"                           # RxC, row or tensor (default 1x32)
///     significand = 8                          # optional: rounds the values to multiples of largest's octave / 2^7
///
/// In place of `values`, a small float: `exponent = 2` and `mantissa = 1` (bits of each, as in bmf<E,M>).
/// Values that are dyadic fractions of at most 16 bits have an integer view, hence can be hardware operands;
/// `significand` makes them so. A tie goes to the smaller magnitude. A name may give another block or scale:
/// `table(nf4):1x32/e8`.
///
/// Errors  InputError as FILE:LINE:COLUMN: not TOML, unknown keys, values that are double, too many, or without a zero.
#pragma once

#include "mase/formats/registry.h"

namespace mase {

FormatFamily tableFamily();

} // namespace mase
