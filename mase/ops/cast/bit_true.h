// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Level 3 of a cast: wide integers to rows in an edge's format (docs/operators.md, O2).
#pragma once

#include "mase/ops/wide_rows.h"

namespace mase {

/// Errors  InputError when no cast makes `format`, as castRows.
void checkCast(const Format &format);

/// Errors  InputError when no cast makes `format`: it must be an edge's (edgeBits) and round as hardware does.
BlockIntegers castRows(const Format &format, const WideRows &wide);
/// The same into `cast`, whose memory is used again.
void castRows(const Format &format, const WideRows &wide, BlockIntegers &cast);

/// A change of format between two operators: the elements of `rows`, which are in `from`, cast to `to`.
/// Errors  as castRows, and when `from` is no edge's.
BlockIntegers castRows(const Format &to, const Format &from, const BlockIntegers &rows);

/// Elements as wide integers (O2): S = X, E = e.
WideRows widen(const Format &format, const BlockIntegers &rows);

} // namespace mase
