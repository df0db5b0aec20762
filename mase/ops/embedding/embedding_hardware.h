// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What the hardware of an embedding is told, and its table as memories hold it (docs/streams.md, S11;
/// mase_embedding.sv).
///
/// Learned positions are a second table of the same kind, read by positions. Thread-safe. No MLIR.
#pragma once

#include "mase/ops/edge/edge_hardware.h"

namespace mase {

/// Parameters of mase_embedding but `File`. `tile` is as S1 says and divides the features.
/// format  of the table and of the edge behind it
/// Errors  InputError when the format is no edge's (edgeBits), or its elements come from a table.
ModuleParameters embeddingParameters(const Format &format, int64_t entries, int64_t features, int64_t tile);

/// Parameters of mase_tied_embedding but `File`, of a table that is the weights of a linear of that tile, whose words
/// have so many bits. Errors  as embeddingParameters.
ModuleParameters tiedEmbeddingParameters(const Format &format, int64_t entries, int64_t features, int64_t tileIn,
                                         int64_t tileOut, int64_t wordBits);

/// The words of the table's memory in the order of their addresses, each as hexadecimal digits for `$readmemh`: word
/// id * (features / tile) + k is beat k of row id, scales above elements.
/// table  entries x features, whole blocks
std::vector<std::string> embeddingWords(const Format &format, const BlockIntegers &table, int64_t tile);

} // namespace mase
