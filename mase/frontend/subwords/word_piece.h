// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// BERT's WordPiece: each word is cut from its front into the longest tokens there are; what continues a word is spelt
/// with "##". A word that cannot be cut, or is too long, is one unknown token.
///
/// Source  Devlin et al., BERT, 2019; Schuster and Nakajima, Japanese and Korean voice search, 2012
#pragma once

#include "mase/frontend/subwords/subwords.h"
#include "mase/frontend/subwords/vocabulary.h"

namespace mase {

class WordPiece final : public Subwords {
public:
  /// Errors  InputError: ids out of range or given twice, an unknown token that is none.
  explicit WordPiece(const JsonObject &model);

  Encoder encoder() const override;
  const Vocabulary &vocabulary() const override { return vocabulary_; }

private:
  void encodeWord(std::string_view word, std::string &spelling, std::vector<int32_t> &ids) const;

  Vocabulary vocabulary_;
  std::string prefix_; // of tokens that continue a word
  int32_t unknown_ = 0;
  size_t mostCharacters_ = 0;  // of a word
  size_t longestSpelling_ = 0; // bytes of a token, prefix included
};

} // namespace mase
