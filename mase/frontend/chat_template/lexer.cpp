// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/chat_template/lexer.h"

#include "mase/support/error.h"

namespace mase::chat {
namespace {

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool beginsName(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

constexpr std::string_view symbols[] = {"==", "!=", "<=", ">=", "//", "**", "(", ")", "[", "]", "{", "}", ".",
                                        ",",  ":",  "|",  "=",  "<",  ">",  "+", "-", "*", "/", "%", "~"};

class Lexer {
public:
  Lexer(std::string_view file, std::string_view text) : file_(file), text_(text) {
    // Jinja drops one line's end at the template's.
    if (text_.ends_with('\n'))
      text_.remove_suffix(1);
  }

  std::vector<Token> run() {
    while (at_ < text_.size()) {
      const size_t tag = nextTag();
      emitText(tag);
      if (tag >= text_.size())
        break;
      at_ = tag;
      readTag();
    }
    tokens_.push_back({Token::Kind::End, "", placeOf(text_.size())});
    return std::move(tokens_);
  }

private:
  size_t nextTag() const {
    for (size_t i = at_; i + 1 < text_.size(); ++i)
      if (text_[i] == '{' && (text_[i + 1] == '{' || text_[i + 1] == '%' || text_[i + 1] == '#'))
        return i;
    return text_.size();
  }
  Place placeOf(size_t at) const {
    Place place;
    for (size_t i = 0; i < at && i < text_.size(); ++i) {
      place.column = text_[i] == '\n' ? 1 : place.column + 1;
      place.line += text_[i] == '\n';
    }
    return place;
  }
  /// What stands in front of the tag at `end`.
  void emitText(size_t end) {
    std::string text(text_.substr(at_, end - at_));
    if (trimsNext_ == Trim::All)
      text.erase(0, text.find_first_not_of(" \t\r\n"));
    else if (trimsNext_ == Trim::LineEnd && text.starts_with('\n'))
      text.erase(0, 1);
    if (end < text_.size()) {
      const char kind = text_[end + 1], sign = end + 2 < text_.size() ? text_[end + 2] : ' ';
      if (sign == '-') {
        text.erase(text.find_last_not_of(" \t\r\n") + 1);
      } else if (kind != '{' && sign != '+') {
        // The line's white space, if nothing else stands in front of the tag.
        const size_t last = text.find_last_not_of(" \t");
        const bool opensLine = last == std::string::npos ? at_ == 0 || wasLineEnd_ : text[last] == '\n';
        if (opensLine)
          text.erase(last == std::string::npos ? 0 : last + 1);
      }
    }
    if (!text.empty())
      tokens_.push_back({Token::Kind::Text, std::move(text), placeOf(at_)});
  }
  void readTag() {
    const size_t begin = at_;
    const char kind = text_[at_ + 1];
    at_ += 2;
    if (kind == '#') {
      const size_t end = text_.find("#}", at_);
      if (end == std::string_view::npos)
        refuse(begin, "the comment has no end");
      at_ = end + 2;
      close(text_[end - 1] == '-', true);
      return;
    }
    if (at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+'))
      ++at_;
    const bool prints = kind == '{';
    tokens_.push_back({prints ? Token::Kind::PrintBegin : Token::Kind::BlockBegin, "", placeOf(begin)});
    int depth = 0; // of braces: "}}" may end a dictionary
    for (;;) {
      while (at_ < text_.size() && isSpace(text_[at_]))
        ++at_;
      if (at_ >= text_.size())
        refuse(begin, "the tag has no end");
      const std::string_view rest = text_.substr(at_);
      const std::string_view end = prints ? "}}" : "%}";
      const bool trims = rest[0] == '-' && rest.substr(1).starts_with(end);
      if (depth == 0 && (trims || rest.starts_with(end))) {
        tokens_.push_back({prints ? Token::Kind::PrintEnd : Token::Kind::BlockEnd, "", placeOf(at_)});
        at_ += end.size() + trims;
        close(trims, !prints);
        return;
      }
      depth += (rest[0] == '{') - (rest[0] == '}');
      readWord();
    }
  }
  void close(bool trimsAll, bool isBlock) {
    trimsNext_ = trimsAll ? Trim::All : isBlock ? Trim::LineEnd : Trim::None;
    wasLineEnd_ = isBlock && at_ < text_.size() && text_[at_] == '\n';
  }
  void readWord() {
    const size_t begin = at_;
    const char c = text_[at_];
    if (beginsName(c)) {
      while (at_ < text_.size() && (beginsName(text_[at_]) || isDigit(text_[at_])))
        ++at_;
      return push(Token::Kind::Name, begin);
    }
    if (isDigit(c)) {
      while (at_ < text_.size() && isDigit(text_[at_]))
        ++at_;
      if (at_ + 1 < text_.size() && text_[at_] == '.' && isDigit(text_[at_ + 1]))
        for (++at_; at_ < text_.size() && isDigit(text_[at_]);)
          ++at_;
      return push(Token::Kind::Number, begin);
    }
    if (c == '\'' || c == '"')
      return readString(c);
    for (const std::string_view symbol : symbols)
      if (text_.substr(at_).starts_with(symbol)) {
        at_ += symbol.size();
        return push(Token::Kind::Symbol, begin);
      }
    refuse(begin, "a character that begins nothing");
  }
  void readString(char quote) {
    const size_t begin = at_++;
    std::string value;
    for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] != '\\' || at_ + 1 == text_.size()) {
        value += text_[at_];
        continue;
      }
      const char c = text_[++at_];
      const std::string_view letters = "nrt\\'\"", meant = "\n\r\t\\'\"";
      if (const size_t which = letters.find(c); which != std::string_view::npos)
        value += meant[which];
      else
        (value += '\\') += c;
    }
    if (at_ >= text_.size())
      refuse(begin, "the string has no end");
    ++at_;
    tokens_.push_back({Token::Kind::String, std::move(value), placeOf(begin)});
  }
  void push(Token::Kind kind, size_t begin) {
    tokens_.push_back({kind, std::string(text_.substr(begin, at_ - begin)), placeOf(begin)});
  }
  [[noreturn]] void refuse(size_t at, const char *what) const {
    const Place place = placeOf(at);
    fail("{}:{}:{}: chat template: {}", file_, place.line, place.column, what);
  }

  enum class Trim { None, LineEnd, All };
  std::string_view file_, text_;
  size_t at_ = 0;
  std::vector<Token> tokens_;
  Trim trimsNext_ = Trim::None;
  bool wasLineEnd_ = false; // the text behind the last tag begins a line
};

} // namespace

std::vector<Token> lexTemplate(std::string_view file, std::string_view text) { return Lexer(file, text).run(); }

} // namespace mase::chat
