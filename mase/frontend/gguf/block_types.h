// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The element types of GGUF: how many elements a block has, its bytes, and what they decode to.
///
/// One line a type in block_types.cpp. Decoding is exact but for the products and sums of the definition, which are
/// rounded to fp32 each, as in the reference implementation.
/// Source  https://github.com/ggml-org/ggml/blob/master/src/ggml-common.h (layouts) and ggml-quants.c
/// (dequantize_row_*)
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace mase::gguf {

struct BlockType {
  uint32_t id;                                        // ggml_type
  const char *name;                                   // "Q4_K"
  int64_t elements;                                   // of a block
  int64_t bytes;                                      // of a block, little-endian
  void (*decode)(const std::byte *block, float *out); // one block
};

/// The type of that number, or nullptr: not read.
const BlockType *findBlockType(uint32_t id);
/// "F32, F16, ...": for messages.
std::string blockTypeNames();

} // namespace mase::gguf
