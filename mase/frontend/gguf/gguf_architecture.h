// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What GGUF calls the tensors and sizes of an architecture, and what Hugging Face calls them.
///
/// An architecture is one entry of the table in gguf_architectures.cpp: everything else about it (wiring, defaults,
/// checks) is the architecture's that Hugging Face's name says (architectures/).
/// Source  https://github.com/ggml-org/llama.cpp/blob/master/gguf-py/gguf/constants.py (names)
#pragma once

#include "mase/frontend/gguf/gguf_file.h"
#include "mase/frontend/json.h"

namespace mase::gguf {

/// A tensor's name in both worlds; "{}" stands for the layer's number in both.
struct TensorNames {
  const char *gguf, *huggingFace;
  /// The key with the number of heads whose rows are interleaved for rotary embedding: rows 2p and 2p + 1 of a head are
  /// Hugging Face's p and p + d/2. Null: rows as they are.
  const char *interleavedHeads = nullptr;
};

/// A key of the metadata, without the architecture's name and a dot, and config.json's.
struct ConfigKey {
  enum class Kind { integer, number };
  const char *gguf, *huggingFace;
  Kind kind = Kind::integer;
  bool isOptional = false;
};

struct GgufArchitecture {
  const char *name;   // general.architecture
  const char *config; // what config.json always says, as JSON
  std::vector<ConfigKey> keys;
  std::vector<const char *>
      headSizes; // keys that must say hidden size / heads (or key_length), and change nothing else
  std::vector<TensorNames> tensors;
};

/// The entry of that name. Errors  InputError with the known ones.
const GgufArchitecture &ggufArchitecture(const File &file);

/// The config.json that says the same as the metadata. Keys of the architecture that the table does not know would
/// change the model: they are refused.
Json configOf(const File &file);

/// The name that Hugging Face has for a tensor, and the heads whose rows are interleaved (0: none).
/// Errors  InputError: a tensor that the table lacks.
struct MappedName {
  std::string name;
  int64_t interleavedHeads = 0;
};
MappedName mappedName(const File &file, const GgufArchitecture &architecture, std::string_view tensor);

} // namespace mase::gguf
