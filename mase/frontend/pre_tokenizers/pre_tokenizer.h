// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// How a tokenizer cuts a text into the words that its model never joins: tokenizer.json's `pre_tokenizer`.
///
/// Each kind is a file of this folder; kinds.h names their readers and pre_tokenizer.cpp's table the kinds as files
/// spell them. A Sequence cuts every piece of one step by the next; a step sees nothing outside its piece. Immutable
/// once read.
#pragma once

#include "mase/frontend/json.h"
#include "mase/frontend/regex.h"

#include <functional>
#include <memory>
#include <vector>

namespace mase {

/// A part of a text: valid UTF-8, not empty.
struct TextPiece {
  std::string_view text;
  bool opensText = false; ///< nothing of the text stands in front of it
};

class PreTokenizer {
public:
  virtual ~PreTokenizer() = default;
  using Sink = std::function<void(TextPiece)>;
  /// Calls onPiece for each part that is left of `piece`, in order, none empty; onPiece may use `scratch` itself.
  virtual void cut(TextPiece piece, Regex::Scratch &scratch, const Sink &onPiece) const = 0;
};

/// The kinds of a Sequence one behind the other; none where the file has none: the text is one word.
class PreTokenizers {
public:
  /// Errors  InputError: a kind or a member that is not read, by name.
  explicit PreTokenizers(const JsonObject &tokenizer);

  /// Calls onWord for each word, in order, none empty. Several threads may, each with its own scratch.
  void forEachWord(TextPiece text, Regex::Scratch &scratch, const std::function<void(std::string_view)> &onWord) const;

private:
  void read(const JsonObject &step);
  std::vector<std::unique_ptr<const PreTokenizer>> steps_;
};

} // namespace mase
