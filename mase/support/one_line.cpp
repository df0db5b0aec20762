// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/support/one_line.h"

#include <fmt/format.h>

namespace mase {

std::string oneLine(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (c == '\n')
      line += "\\n";
    else if (c == '\t')
      line += "\\t";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      line += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else
      line += c;
  }
  return line;
}

} // namespace mase
