// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Level 3 of `embedding`: the stored rows of a table (docs/operators.md, O5).
///
/// The table is stored in the format of the edge behind it, so that reading a row computes nothing. Learned positions
/// are a second table: addBitTrue adds its rows. Thread-safe. No MLIR.
#pragma once

#include "mase/ops/wide_rows.h"

#include <span>

namespace mase {

/// table  entries x features, in an edge's format
/// ids    one a row of the result, each below table.rows
BlockIntegers embeddingRows(const BlockIntegers &table, std::span<const int32_t> ids);

} // namespace mase
