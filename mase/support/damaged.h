// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// For tests only: damaged copies of a text, to throw at whatever parses it.
///
/// Made for JSON and TOML: besides bytes, whole values are replaced by others. The damage is a function of the
/// generator.
#pragma once

#include "mase/support/random.h"

#include <iterator>
#include <string>

namespace mase {

/// `text` with one to four injuries: a flipped bit, a cut end, a piece copied or removed, a number or a word changed.
inline std::string damaged(std::string text, Random &random) {
  constexpr const char *words[] = {"0",       "-1",    "1e99", "18446744073709551616",
                                   "null",    "true",  "[]",   "{}",
                                   "\"\"",    "\"a\"", ",",    ":",
                                   "\\u0000", "\xff",  "]",    "}",
                                   "[",       "{",     "=",    "\n"};
  for (uint64_t injuries = 1 + random.below(4); injuries > 0 && !text.empty(); --injuries) {
    size_t at = random.below(text.size()), length = 1 + random.below(20);
    switch (random.below(7)) {
    case 0:
      text[at] = static_cast<char>(text[at] ^ 1 << random.below(8));
      break;
    case 1:
      text.resize(random.below(4) ? text.size() : at);
      break;
    case 2:
      text.erase(at, length);
      break;
    case 3:
      text.insert(random.below(text.size()), text.substr(at, length));
      break;
    case 4:
      if (size_t digit = text.find_first_of("0123456789", at); digit != std::string::npos)
        text[digit] = static_cast<char>('0' + random.below(10));
      break;
    default: // a whole value, if one begins behind here
      if (size_t colon = text.find_first_of(":=", at); colon != std::string::npos)
        text.replace(colon + 1, text.find_first_of(",}]\n", colon) - colon - 1, words[random.below(std::size(words))]);
    }
  }
  return text;
}

} // namespace mase
