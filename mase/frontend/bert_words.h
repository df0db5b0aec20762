// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The words of a text as BERT sees them: cleaned, in lower case and without accents if it was trained so, cut at white
/// space and around every punctuation mark and every CJK ideograph.
///
/// Equal, code point by code point, to the components BertNormalizer and BertPreTokenizer of Hugging Face's library:
/// they take control characters, punctuation and accents from Unicode 8 (docs/import.md). Immutable; thread-safe.
/// Source  Devlin et al., BERT, 2019 (its tokenizer)
#pragma once

#include "mase/frontend/json.h"

#include <functional>

namespace mase {

class BertWords {
public:
  /// From tokenizer.json's `normalizer` and `pre_tokenizer`.
  /// Errors  InputError: absent, or other components than these, by name.
  explicit BertWords(const JsonObject &tokenizer);

  /// Calls onWord for each word of `text` (valid UTF-8), in order, none empty.
  void forEachWord(std::string_view text, const std::function<void(std::string_view)> &onWord) const;
  /// The text after the normalizer: what forEachWord cuts.
  std::string normalized(std::string_view text) const;

private:
  bool cleans_, separatesIdeographs_, stripsAccents_, lowers_;
};

} // namespace mase
