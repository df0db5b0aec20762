// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A model in a GGUF file, in the terms of a Hugging Face directory: its config.json, its tensors, its tokenizer.json.
///
/// Weights are mapped and decoded when the plan is made, blocks of ggml's formats included; rows that the format
/// interleaves for rotary embedding come back in Hugging Face's order. Errors  InputError.
#pragma once

#include "mase/frontend/chat_template/chat_source.h"
#include "mase/frontend/gguf/gguf_architecture.h"
#include "mase/frontend/safetensors.h"

namespace mase::gguf {

class GgufModel {
public:
  static GgufModel open(const std::filesystem::path &path);

  Json config() const { return configOf(*file_); }
  /// Named as Hugging Face names them.
  TensorTable tensors() const;
  /// Byte-level BPE (`tokenizer.ggml.model` gpt2) with the words of tokenizer_files/byte_level_words.h, or
  /// SentencePiece's BPE (llama).
  Json tokenizer() const;
  /// Nothing where the file has no `tokenizer.chat_template`.
  std::optional<ChatSource> chat() const;

private:
  explicit GgufModel(std::shared_ptr<const File> file) : file_(std::move(file)) {}
  std::shared_ptr<const File> file_;
};

/// The tokenizer.json that says the same as the metadata.
Json tokenizerOf(const File &file);

} // namespace mase::gguf
