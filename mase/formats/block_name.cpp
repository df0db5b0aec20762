// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/block_name.h"

#include <charconv>
#include <fmt/format.h>

namespace mase {
namespace {

// Reads a positive number of at most six digits from the front of `text` and drops it there; 0 when there is none.
int takeNumber(std::string_view &text) {
  int value = 0;
  size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0 || digits > 6 || text.front() == '0')
    return 0;
  std::from_chars(text.data(), text.data() + digits, value);
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view &text, std::string_view prefix) {
  if (!text.starts_with(prefix))
    return false;
  text.remove_prefix(prefix.size());
  return true;
}

} // namespace

std::optional<BlockName> parseBlockName(std::string_view name, std::string_view family) {
  BlockName result;
  if (!take(name, family) || (result.width = takeNumber(name)) == 0)
    return std::nullopt;
  if (name.empty())
    return result;
  int rows = 0, cols = 0;
  if (!take(name, ":") || (rows = takeNumber(name)) == 0 || !take(name, "x") || (cols = takeNumber(name)) == 0 ||
      !name.empty())
    return std::nullopt;
  result.block = {rows, cols};
  return result;
}

std::string blockSuffix(BlockShape block) {
  return block == BlockShape{} ? "" : fmt::format(":{}x{}", block.rows, block.cols);
}

} // namespace mase
