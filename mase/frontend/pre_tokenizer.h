// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Cuts a text into the words that BPE never merges across.
///
/// Read: ByteLevel, alone or at the end of a Sequence of Split (by pattern or string) and Digits. Each step cuts every
/// piece of the step before it; a pattern sees nothing outside its piece.
#pragma once

#include "mase/frontend/json.h"
#include "mase/frontend/regex.h"

#include <functional>
#include <vector>

namespace mase {

class PreTokenizer {
public:
  /// From tokenizer.json's `pre_tokenizer`. Errors  InputError: absent, or a component that is not read, by name.
  explicit PreTokenizer(const JsonObject &tokenizer);

  /// Calls onWord for each word of `text` (valid UTF-8, not empty), in order, none empty. The words are the text's
  /// bytes in order, but for a space put in front where the tokenizer says so.
  void forEachWord(std::string_view text, Regex::Scratch &scratch,
                   const std::function<void(std::string_view)> &onWord) const;

private:
  /// Which pieces a split leaves.
  enum class Keep { All, Matches, Gaps };
  struct Split {
    Regex regex;
    Keep keep;
  };
  void readStep(const JsonObject &step);
  void readByteLevel(const JsonObject &step);
  void readSplit(const JsonObject &step);
  void cut(std::string_view text, size_t step, Regex::Scratch &scratch,
           const std::function<void(std::string_view)> &onWord) const;

  std::vector<Split> splits_;
  bool hasByteLevel_ = false;
  bool addPrefixSpace_ = false;
  size_t spaceBefore_ = 0; // the space is put in front of what splits_[0, spaceBefore_) leave
};

} // namespace mase
