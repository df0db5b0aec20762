// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/stop_texts.h"

#include "mase/frontend/utf8.h"
#include "mase/support/error.h"

#include <algorithm>
#include <utility>

namespace mase {

StopTexts::StopTexts(std::vector<std::string> texts) : texts_(std::move(texts)) {
  for (const std::string &text : texts_) {
    if (text.empty())
      fail("a stop text is empty (it would end every text)");
    if (firstInvalidUtf8(text) != std::string::npos)
      fail("a stop text is not UTF-8 (the text never is anything else)");
  }
}

std::string StopTexts::push(const std::string &piece) {
  if (stopped_)
    return {};
  std::string text = std::exchange(held_, {}) + piece;
  size_t end = std::string::npos;
  for (const std::string &stop : texts_)
    end = std::min(end, text.find(stop));
  if (end != std::string::npos) {
    stopped_ = true;
    text.resize(end);
    return text;
  }
  // The longest end of the text that begins a stop text.
  size_t held = 0;
  for (const std::string &stop : texts_)
    for (size_t length = std::min(stop.size() - 1, text.size()); length > held; --length)
      if (text.compare(text.size() - length, length, stop, 0, length) == 0)
        held = length;
  held_ = text.substr(text.size() - held);
  text.resize(text.size() - held);
  return text;
}

std::string StopTexts::finish() { return std::exchange(held_, {}); }

} // namespace mase
