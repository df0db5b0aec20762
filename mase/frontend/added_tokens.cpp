// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/added_tokens.h"

#include "mase/frontend/utf8.h"
#include "mase/support/error.h"

#include <algorithm>
#include <set>

namespace mase {
namespace {

size_t whiteSpaceInFront(std::string_view text) {
  size_t bytes = 0;
  while (bytes < text.size()) {
    Utf8Step step = utf8Step(text.substr(bytes));
    if (!isWhiteSpace(step.codePoint))
      break;
    bytes += step.bytes;
  }
  return bytes;
}

size_t whiteSpaceBehind(std::string_view text) {
  size_t begin = text.size();
  while (begin > 0) {
    size_t start = begin - 1;
    while (start > 0 && (static_cast<uint8_t>(text[start]) & 0xC0) == 0x80)
      --start;
    if (!isWhiteSpace(utf8Step(text.substr(start)).codePoint))
      break;
    begin = start;
  }
  return text.size() - begin;
}

} // namespace

AddedTokens::AddedTokens(const JsonObject &tokenizer, int32_t mostId) {
  if (!tokenizer.find("added_tokens"))
    return;
  std::set<int32_t> ids;
  std::set<std::string> contents;
  for (const Json &value : tokenizer.array("added_tokens")) {
    JsonObject row(tokenizer.file(), value, "added_tokens[].");
    AddedToken token{.id = static_cast<int32_t>(row.integer("id", 0, mostId)),
                     .content = row.text("content"),
                     .special = row.flagOr("special", false),
                     .normalized = row.flagOr("normalized", false),
                     .stripsLeft = row.flagOr("lstrip", false),
                     .stripsRight = row.flagOr("rstrip", false)};
    if (token.content.empty())
      fail("{}: the added token {} has no content", tokenizer.file(), token.id);
    if (row.flagOr("single_word", false))
      fail("{}: added token {} asks for single_word, which is not implemented", tokenizer.file(),
           inQuotes(token.content));
    if (!ids.insert(token.id).second || !contents.insert(token.content).second)
      fail("{}: added token {} ({}) is listed twice", tokenizer.file(), inQuotes(token.content), token.id);
    tokens_.push_back(std::move(token));
  }
  for (const AddedToken &token : tokens_)
    (token.normalized ? normalized_ : verbatim_)[static_cast<uint8_t>(token.content[0])].push_back(&token);
  for (Pass *pass : {&verbatim_, &normalized_})
    for (auto &row : *pass)
      std::sort(row.begin(), row.end(), [](auto *a, auto *b) { return a->content.size() > b->content.size(); });
}

void AddedTokens::splitBy(const Pass &pass, std::string_view text, const std::function<void(std::string_view)> &onText,
                          const std::function<void(const AddedToken &)> &onToken) const {
  size_t begin = 0;
  for (size_t i = 0; i < text.size();) {
    const auto &row = pass[static_cast<uint8_t>(text[i])];
    auto token = std::find_if(row.begin(), row.end(), [&](auto *t) { return text.substr(i).starts_with(t->content); });
    if (token == row.end()) {
      ++i;
      continue;
    }
    std::string_view before = text.substr(begin, i - begin);
    if ((*token)->stripsLeft)
      before.remove_suffix(whiteSpaceBehind(before));
    if (!before.empty())
      onText(before);
    onToken(**token);
    i += (*token)->content.size();
    if ((*token)->stripsRight)
      i += whiteSpaceInFront(text.substr(i));
    begin = i;
  }
  if (begin < text.size())
    onText(text.substr(begin));
}

void AddedTokens::split(std::string_view text, const std::function<void(std::string_view)> &onText,
                        const std::function<void(const AddedToken &)> &onToken) const {
  splitBy(
      verbatim_, text, [&](std::string_view rest) { splitBy(normalized_, rest, onText, onToken); }, onToken);
}

} // namespace mase
