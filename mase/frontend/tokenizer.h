// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Text to token ids and back, from a tokenizer.json: added tokens and normalizer (added_tokens.h), pre-tokenizer,
/// model (subwords/), post-processor, decoder.
///
/// Ids equal those of the Hugging Face `tokenizers` library for what is read here; a component that is not is refused
/// by name when the file is read, so no text is ever encoded differently without notice. docs/tokenizers.md lists what
/// is read.
#pragma once

#include "mase/frontend/json.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mase {

/// What becomes of special tokens: encode() adds the ones of the tokenizer's template (BOS ...) or not; decode()
/// prints them or not.
enum class SpecialTokens { Keep, Omit };

/// Immutable once read: all functions may be called by several threads at once. Copies share their tables.
class Tokenizer {
public:
  /// Reads what a directory holds, or a file: a tokenizer.json, or SentencePiece's tokenizer.model
  /// (tokenizer_files/tokenizer_files.h). Errors InputError.
  static Tokenizer read(const std::filesystem::path &path);
  /// The same from the file's text; `file` is what errors start with.
  static Tokenizer parse(std::string_view file, std::string_view text);

  /// The ids of `text`, which must be UTF-8. Special tokens that stand in the text ("<s>") become their ids.
  /// Errors  InputError: text is not UTF-8 (says at which byte), or holds a character that no token covers.
  /// Cost    >= 5 MB/s.
  std::vector<int32_t> encode(std::string_view text, SpecialTokens special = SpecialTokens::Keep) const;

  /// The text of `ids`. Bytes that are not UTF-8 are replaced by U+FFFD, as Hugging Face does.
  /// Errors  InputError: an id that the tokenizer lacks.
  std::string decode(std::span<const int32_t> ids, SpecialTokens special = SpecialTokens::Omit) const;

  /// The bytes that one token stands for: not always whole characters. Special tokens give their own text.
  std::string_view bytesOf(int32_t id) const;
  bool isSpecial(int32_t id) const;
  /// The id whose token is spelt so in the file ("<s>", "Ġthe"), if any.
  std::optional<int32_t> idOf(std::string_view token) const;
  /// One more than the greatest id.
  int32_t vocabularySize() const;
  /// Ids that encode() puts in front of a text and behind it.
  std::span<const int32_t> prefix() const;
  std::span<const int32_t> suffix() const;

private:
  friend class StreamDecoder;
  static Tokenizer fromJson(std::string_view file, const Json &json);
  struct Tables;
  explicit Tokenizer(std::shared_ptr<const Tables> tables) : tables_(std::move(tables)) {}
  std::shared_ptr<const Tables> tables_;
};

/// Decodes ids as they come, for printing: holds back what later ids may change, mostly the bytes of half a character.
/// Joined, the pieces equal Tokenizer::decode of all ids.
class StreamDecoder {
public:
  explicit StreamDecoder(const Tokenizer &tokenizer, SpecialTokens special = SpecialTokens::Omit);
  ~StreamDecoder();
  /// The text that is complete with this id; often empty, never half a character.
  std::string push(int32_t id);
  /// What is left, incomplete characters as U+FFFD. Call once, at the end.
  std::string finish();

private:
  struct State;
  std::unique_ptr<State> state_;
};

} // namespace mase
