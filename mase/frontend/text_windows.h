// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The data of the `lm` task: one text as consecutive windows, each predicting its next ids.
///
/// The whole text is encoded once (BOS in front if the tokenizer adds it). Window i has the inputs
/// ids[i*context, (i+1)*context) and as targets the ids one further; what is left behind the last whole window is
/// dropped. So every id but the first is predicted at most once, and windows never share an input.
#pragma once

#include "mase/frontend/tokenizer.h"

#include <cassert>

namespace mase {

/// A run of windows of one text. Copies share the ids.
class TextWindows {
public:
  /// Cuts `ids` into windows. `bytes[i]` is the number of bytes of text that ids[i] stands for.
  /// Errors  InputError, starting with `source`: no whole window.
  TextWindows(std::string_view source, std::vector<int32_t> ids, std::vector<int32_t> bytes, int64_t context);

  int64_t context() const { return context_; }         ///< ids a window
  int64_t count() const { return count_; }             ///< windows; at least 1 unless made by slice()
  int64_t tokens() const { return count_ * context_; } ///< targets in all windows

  std::span<const int32_t> inputs(int64_t window) const { return idsAt(window, 0); }
  std::span<const int32_t> targets(int64_t window) const { return idsAt(window, 1); }
  /// Bytes of text that the targets of all windows stand for: what bits_per_byte divides by.
  int64_t targetBytes() const;

  /// The windows [begin, end) of this.
  TextWindows slice(int64_t begin, int64_t end) const;
  /// What a search sees: windows [0, count / 3). Errors  InputError when there are fewer than 3 windows.
  TextWindows searchPart() const;
  /// What a report of that search uses: windows [count / 3, count).
  TextWindows reportPart() const;

private:
  struct Text {
    std::string source;
    std::vector<int32_t> ids, bytes;
  };
  std::span<const int32_t> idsAt(int64_t window, int64_t shift) const {
    assert(window >= 0 && window < count_);
    return {text_->ids.data() + (first_ + window) * context_ + shift, static_cast<size_t>(context_)};
  }

  std::shared_ptr<const Text> text_;
  int64_t context_ = 0, first_ = 0, count_ = 0;
};

/// Encodes the text of `file` and cuts it. `context` >= 1.
/// Errors  InputError: the file is empty, not UTF-8 or too short for one window.
TextWindows readTextWindows(const Tokenizer &tokenizer, const std::filesystem::path &file, int64_t context);

} // namespace mase
