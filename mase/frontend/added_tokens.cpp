// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/added_tokens.h"

#include "mase/frontend/characters.h"
#include "mase/frontend/utf8.h"
#include "mase/support/error.h"

#include <algorithm>
#include <set>

namespace mase {
namespace {

/// The last character of a text that is not empty.
uint32_t lastCharacter(std::string_view text) {
  size_t start = text.size() - 1;
  while (start > 0 && (static_cast<uint8_t>(text[start]) & 0xC0) == 0x80)
    --start;
  return utf8Step(text.substr(start)).codePoint;
}

bool touchesWord(std::string_view before, std::string_view behind) {
  return (!before.empty() && isWordCharacter(lastCharacter(before))) ||
         (!behind.empty() && isWordCharacter(utf8Step(behind).codePoint));
}

} // namespace

AddedTokens::AddedTokens(const JsonObject &tokenizer, int32_t mostId) : normalizers_(tokenizer) {
  if (!tokenizer.find("added_tokens"))
    return;
  std::set<int32_t> ids;
  std::set<std::string> contents;
  for (const Json &value : tokenizer.array("added_tokens")) {
    JsonObject row(tokenizer.file(), value, "added_tokens[].");
    row.allowOnly({"id", "content", "special", "normalized", "lstrip", "rstrip", "single_word"});
    AddedToken token{.id = static_cast<int32_t>(row.integer("id", 0, mostId)),
                     .content = row.text("content"),
                     .printed = {},
                     .special = row.flagOr("special", false),
                     .normalized = row.flagOr("normalized", false),
                     .stripsLeft = row.flagOr("lstrip", false),
                     .stripsRight = row.flagOr("rstrip", false),
                     .singleWord = row.flagOr("single_word", false)};
    if (token.content.empty())
      fail("{}: the added token {} has no content", tokenizer.file(), token.id);
    if (!ids.insert(token.id).second || !contents.insert(token.content).second)
      fail("{}: added token {} ({}) is listed twice", tokenizer.file(), inQuotes(token.content), token.id);
    token.printed = token.normalized ? normalizers_.applied(token.content) : token.content;
    // A pattern of nothing would match everywhere.
    if (token.printed.empty())
      fail("{}: added token {} is nothing behind the normalizer", tokenizer.file(), inQuotes(token.content));
    tokens_.push_back(std::move(token));
  }
  for (const bool special : {true, false}) // of patterns that became equal the first counts
    for (const AddedToken &token : tokens_)
      if (token.special == special) {
        Pass &pass = token.normalized ? normalized_ : verbatim_;
        pass.empty = false;
        pass.rows[static_cast<uint8_t>(token.printed[0])].push_back(&token);
      }
  for (Pass *pass : {&verbatim_, &normalized_})
    for (auto &row : pass->rows)
      std::stable_sort(row.begin(), row.end(), [](auto *a, auto *b) { return a->printed.size() > b->printed.size(); });
}

void AddedTokens::splitBy(const Pass &pass, TextPiece piece, const OnText &onText, const OnToken &onToken) const {
  const std::string_view text = piece.text;
  size_t reached = 0; // what stands before is told
  for (size_t i = 0; i < text.size() && !pass.empty;) {
    const auto &row = pass.rows[static_cast<uint8_t>(text[i])];
    auto found = std::find_if(row.begin(), row.end(), [&](auto *t) { return text.substr(i).starts_with(t->printed); });
    if (found == row.end()) {
      ++i;
      continue;
    }
    const AddedToken &token = **found;
    size_t begin = i, end = i + token.printed.size();
    i = end;
    if (token.singleWord && touchesWord(text.substr(0, begin), text.substr(end)))
      continue;
    if (token.stripsLeft)
      begin -= whiteSpaceBehind(text.substr(0, begin));
    if (token.stripsRight)
      end += whiteSpaceInFront(text.substr(end));
    if (reached < begin)
      onText({text.substr(reached, begin - reached), piece.opensText && reached == 0});
    onToken(token);
    reached = end;
  }
  if (reached < text.size())
    onText({text.substr(reached), piece.opensText && reached == 0});
}

void AddedTokens::split(std::string_view text, const OnText &onText, const OnToken &onToken) const {
  const auto normalize = [&](TextPiece piece) {
    if (normalizers_.empty())
      return splitBy(normalized_, piece, onText, onToken);
    const std::string normalized = normalizers_.applied(piece.text);
    splitBy(normalized_, {normalized, piece.opensText}, onText, onToken);
  };
  splitBy(verbatim_, {text, true}, normalize, onToken);
}

} // namespace mase
