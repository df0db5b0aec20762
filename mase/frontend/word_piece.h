// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// BERT's WordPiece: each word is cut from its front into the longest tokens there are; what continues a word is spelt
/// with "##". A word that cannot be cut, or is too long, is one unknown token.
///
/// Source  Devlin et al., BERT, 2019; Schuster and Nakajima, Japanese and Korean voice search, 2012
#pragma once

#include "mase/frontend/bert_words.h"
#include "mase/frontend/subwords.h"

namespace mase {

class WordPiece final : public Subwords {
public:
  /// From a tokenizer.json whose model is WordPiece.
  /// Errors  InputError: another decoder, ids out of range or given twice, an unknown token that is none, added tokens
  ///         that are `normalized`; as BertWords.
  explicit WordPiece(const JsonObject &tokenizer);

  Encoder encoder() const override;
  const std::unordered_map<std::string, int32_t> &vocabulary() const override { return vocabulary_; }
  std::string bytesOf(const std::string &spelling) const override { return spelling; }
  /// A token that continues no word stands behind a space; where the decoder cleans up, punctuation does not.
  std::string joined(std::string_view bytes, bool isFirst) const override;

private:
  void encodeWord(std::string_view word, std::string &spelling, std::vector<int32_t> &ids) const;

  BertWords words_;
  std::unordered_map<std::string, int32_t> vocabulary_;
  std::string prefix_; // of tokens that continue a word
  int32_t unknown_ = 0;
  int64_t mostCharacters_ = 0; // of a word
  bool cleansUp_ = false;
};

} // namespace mase
