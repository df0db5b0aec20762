// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Tokens that are found in the text as they stand, before anything else looks at it: "<s>", "<|endoftext|>".
///
/// Two passes, as Hugging Face: first the tokens that are not `normalized`, then the others in what is left; each finds
/// the leftmost match, the longest of those. `lstrip` and `rstrip` take the white space around with them.
#pragma once

#include "mase/frontend/json.h"

#include <array>
#include <functional>
#include <vector>

namespace mase {

struct AddedToken {
  int32_t id = 0;
  std::string content;
  bool special = false;
  bool normalized = false;
  bool stripsLeft = false, stripsRight = false;
};

class AddedTokens {
public:
  /// From tokenizer.json's `added_tokens`; ids are at most `mostId`.
  /// Errors  InputError: a token with `single_word`, without content, or listed twice.
  AddedTokens(const JsonObject &tokenizer, int32_t mostId);
  AddedTokens(const AddedTokens &) = delete;
  AddedTokens &operator=(const AddedTokens &) = delete;

  const std::vector<AddedToken> &tokens() const { return tokens_; }

  /// Calls onText for each run of ordinary text (not empty) and onToken for each token, in order.
  void split(std::string_view text, const std::function<void(std::string_view)> &onText,
             const std::function<void(const AddedToken &)> &onToken) const;

private:
  /// The tokens of one pass by first byte, the longest first.
  using Pass = std::array<std::vector<const AddedToken *>, 256>;
  void splitBy(const Pass &pass, std::string_view text, const std::function<void(std::string_view)> &onText,
               const std::function<void(const AddedToken &)> &onToken) const;

  std::vector<AddedToken> tokens_; // never changes once read: the passes point into it
  Pass verbatim_, normalized_;
};

} // namespace mase
