// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Tokens that are found in the text as they stand, before the pre-tokenizer looks at it: "<s>", "<|endoftext|>".
///
/// Two passes, as Hugging Face: first the tokens that are not `normalized`, in the text as it came; then the others, in
/// what is left, behind the normalizer, which their own spelling went through as well. Each finds the leftmost match,
/// the longest of those. `lstrip` and `rstrip` take the white space around with them; `single_word` passes over matches
/// that touch a character of words.
#pragma once

#include "mase/frontend/normalizers/normalizer.h"
#include "mase/frontend/pre_tokenizers/pre_tokenizer.h"

#include <array>
#include <functional>
#include <vector>

namespace mase {

struct AddedToken {
  int32_t id = 0;
  std::string content;
  std::string printed; ///< as decoding has it: a normalized token's content behind the normalizer
  bool special = false;
  bool normalized = false;
  bool stripsLeft = false, stripsRight = false;
  bool singleWord = false;
};

class AddedTokens {
public:
  /// From tokenizer.json's `added_tokens` and `normalizer`; ids are at most `mostId`.
  /// Errors  InputError: a token without content, also behind the normalizer, or listed twice; as Normalizers.
  AddedTokens(const JsonObject &tokenizer, int32_t mostId);
  AddedTokens(const AddedTokens &) = delete;
  AddedTokens &operator=(const AddedTokens &) = delete;

  const std::vector<AddedToken> &tokens() const { return tokens_; }

  using OnText = std::function<void(TextPiece)>;
  using OnToken = std::function<void(const AddedToken &)>;
  /// Calls onText for each run of ordinary text (normalized, not empty) and onToken for each token, in order.
  void split(std::string_view text, const OnText &onText, const OnToken &onToken) const;

private:
  /// The tokens of one pass by first byte, the longest first.
  struct Pass {
    std::array<std::vector<const AddedToken *>, 256> rows;
    bool empty = true;
  };
  void splitBy(const Pass &pass, TextPiece text, const OnText &onText, const OnToken &onToken) const;

  Normalizers normalizers_;
  std::vector<AddedToken> tokens_; // never changes once read: the passes point into it
  Pass verbatim_, normalized_;
};

} // namespace mase
