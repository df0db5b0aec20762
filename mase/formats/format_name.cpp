// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/format_name.h"

#include <charconv>
#include <fmt/format.h>

namespace mase {
namespace {

// Reads a positive number of at most six digits from the front of `text` and drops it there.
std::optional<int> takeNumber(std::string_view &text) {
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0 || digits > 6 || (text.front() == '0' && digits > 1))
    return std::nullopt;
  int value = 0;
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

std::optional<BlockShape> parseBlock(std::string_view text) {
  if (text == "row")
    return BlockShape{1, BlockShape::whole};
  if (text == "tensor")
    return BlockShape{BlockShape::whole, BlockShape::whole};
  const std::optional<int> rows = takeNumber(text);
  if (!rows || *rows == 0 || !take(text, "x"))
    return std::nullopt;
  const std::optional<int> cols = takeNumber(text);
  if (!cols || *cols == 0 || !text.empty())
    return std::nullopt;
  return BlockShape{*rows, *cols};
}

// Cuts `text` behind the last `mark` and gives what stood there; null when there is nothing behind it.
std::optional<std::string_view> cut(std::string_view &text, char mark) {
  const size_t at = text.find(mark);
  if (at == std::string_view::npos)
    return "";
  const std::string_view part = text.substr(at + 1);
  text = text.substr(0, at);
  return part.empty() ? std::nullopt : std::optional(part);
}

} // namespace

std::optional<FormatName> splitFormatName(std::string_view name) {
  FormatName result;
  result.text = name;
  // The marks may stand in a path: parameters in parentheses are the head's.
  const size_t close = name.rfind(')'), head = close == std::string_view::npos ? 0 : close + 1;
  std::string_view rest = name.substr(head);
  const std::optional<std::string_view> rounding = cut(rest, '@'), scale = cut(rest, '/'), block = cut(rest, ':');
  if (!rounding || !scale || !block)
    return std::nullopt;
  result.head = name.substr(0, head + rest.size());
  result.scale = *scale, result.rounding = *rounding;
  if (!block->empty() && !(result.block = parseBlock(*block)))
    return std::nullopt;
  if (result.head.empty())
    return std::nullopt;
  return result;
}

bool namesFile(std::string_view name) { return name.find(".toml)") != std::string_view::npos; }

std::string blockSuffix(BlockShape block) {
  if (block == BlockShape{1, BlockShape::whole})
    return ":row";
  if (block == BlockShape{BlockShape::whole, BlockShape::whole})
    return ":tensor";
  return fmt::format(":{}x{}", block.rows, block.cols);
}

std::optional<int> numberBehind(std::string_view text, std::string_view prefix) {
  if (!take(text, prefix))
    return std::nullopt;
  const std::optional<int> number = takeNumber(text);
  return text.empty() ? number : std::nullopt;
}

std::optional<std::vector<int>> numbersInBrackets(std::string_view text, std::string_view prefix, size_t count) {
  if (!take(text, prefix) || !take(text, "<"))
    return std::nullopt;
  std::vector<int> numbers;
  for (size_t i = 0; i < count; ++i) {
    if (i > 0 && !take(text, ","))
      return std::nullopt;
    const bool negative = take(text, "-");
    const std::optional<int> number = takeNumber(text);
    if (!number || (negative && *number == 0))
      return std::nullopt;
    numbers.push_back(negative ? -*number : *number);
  }
  return text == ">" ? std::optional(numbers) : std::nullopt;
}

} // namespace mase
