// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Ends a text that comes in pieces where one of some texts begins, and shows nothing of that text.
///
/// What might be the beginning of a stop text is held back until it is known. Pieces and stop texts are whole
/// characters of UTF-8, and so is what comes out.
#pragma once

#include <string>
#include <vector>

namespace mase {

class StopTexts {
public:
  /// Without a text everything passes. Errors  InputError: a text is empty or not UTF-8.
  explicit StopTexts(std::vector<std::string> texts);

  /// The next piece of the text; what may be shown of it and of what was held back. Nothing once stopped.
  std::string push(const std::string &piece);
  /// What is held back. Call once, at the end.
  std::string finish();
  bool stopped() const { return stopped_; }

private:
  std::vector<std::string> texts_;
  std::string held_;
  bool stopped_ = false;
};

} // namespace mase
