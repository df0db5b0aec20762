// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/chat_template/lexer.h"
#include "mase/support/error.h"

#include <algorithm>
#include <initializer_list>

namespace mase::chat {
namespace {

constexpr int deepest = 64; // of nested expressions and statements
using Kind = Expression::Kind;

class Parser {
public:
  Parser(std::string_view file, std::string_view text) : file_(file), tokens_(lexTemplate(file, text)) {}

  std::vector<Statement> run() {
    std::vector<Statement> body = statements({});
    if (peek().kind != Token::Kind::End)
      unexpected();
    return body;
  }

private:
  const Token &peek() const { return tokens_[at_]; }
  Token take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
  bool is(Token::Kind kind, std::string_view text) const { return peek().kind == kind && peek().text == text; }
  bool isSymbol(std::string_view text) const { return is(Token::Kind::Symbol, text); }
  bool isName(std::string_view text) const { return is(Token::Kind::Name, text); }
  bool takeSymbol(std::string_view text) { return isSymbol(text) && (take(), true); }
  bool takeName(std::string_view text) { return isName(text) && (take(), true); }
  [[noreturn]] void unexpected() const {
    const Token &token = peek();
    fail("{}:{}:{}: chat template: {} is not read here", file_, token.place.line, token.place.column,
         token.kind == Token::Kind::End ? "the end" : inQuotes(token.text.empty() ? "a tag" : token.text));
  }
  void expectSymbol(std::string_view text) {
    if (!takeSymbol(text))
      unexpected();
  }
  void expectName(std::string_view text) {
    if (!takeName(text))
      unexpected();
  }
  std::string name() {
    if (peek().kind != Token::Kind::Name)
      unexpected();
    return take().text;
  }
  void blockEnd() {
    if (peek().kind != Token::Kind::BlockEnd)
      unexpected();
    take();
  }
  /// Counts how deep the parser is; expressions and statements recurse.
  struct Depth {
    explicit Depth(Parser &parser) : parser_(parser) {
      const Place place = parser.peek().place;
      if (++parser.depth_ > deepest)
        fail("{}:{}:{}: chat template: nested more than {} deep", parser.file_, place.line, place.column, deepest);
    }
    ~Depth() { --parser_.depth_; }
    Parser &parser_;
  };

  /// Up to a block that begins with one of `ends`, whose name is the next token then.
  std::vector<Statement> statements(std::initializer_list<std::string_view> ends) {
    const Depth depth(*this);
    std::vector<Statement> body;
    for (;;) {
      const Place place = peek().place;
      Statement statement;
      statement.place = place;
      if (peek().kind == Token::Kind::Text) {
        statement.text = take().text;
      } else if (peek().kind == Token::Kind::PrintBegin) {
        take();
        statement.kind = Statement::Kind::Print;
        statement.expression = expression();
        if (peek().kind != Token::Kind::PrintEnd)
          unexpected();
        take();
      } else if (peek().kind == Token::Kind::BlockBegin) {
        take();
        if (std::find(ends.begin(), ends.end(), peek().text) != ends.end())
          return body;
        if (takeName("generation") || takeName("endgeneration")) { // marks what training learns: text for us
          blockEnd();
          continue;
        }
        block(statement);
      } else {
        if (ends.size() > 0)
          unexpected();
        return body;
      }
      body.push_back(std::move(statement));
    }
  }

  void block(Statement &statement) {
    if (takeName("if")) {
      condition(statement);
    } else if (takeName("for")) {
      loop(statement);
    } else if (takeName("set")) {
      statement.kind = Statement::Kind::Set;
      statement.names.push_back(name());
      if (takeSymbol("."))
        statement.names.push_back(name());
      expectSymbol("=");
      statement.expression = expression();
      blockEnd();
    } else if (isName("break") || isName("continue")) {
      if (loops_ == 0)
        unexpected();
      statement.kind = take().text == "break" ? Statement::Kind::Break : Statement::Kind::Continue;
      blockEnd();
    } else {
      unexpected();
    }
  }
  /// Behind "if" or "elif".
  void condition(Statement &statement) {
    const Depth depth(*this);
    statement.kind = Statement::Kind::If;
    statement.expression = expression();
    blockEnd();
    statement.body = statements({"elif", "else", "endif"});
    if (takeName("elif")) {
      Statement other;
      other.place = peek().place;
      condition(other); // takes the endif
      statement.otherwise.push_back(std::move(other));
      return;
    }
    if (takeName("else")) {
      blockEnd();
      statement.otherwise = statements({"endif"});
    }
    expectName("endif");
    blockEnd();
  }
  void loop(Statement &statement) {
    statement.kind = Statement::Kind::For;
    statement.names.push_back(name());
    while (takeSymbol(","))
      statement.names.push_back(name());
    expectName("in");
    statement.expression = disjunction(); // without a condition: an "if" filters
    if (takeName("if"))
      statement.condition = expression();
    blockEnd();
    ++loops_;
    statement.body = statements({"else", "endfor"});
    --loops_;
    if (takeName("else")) {
      blockEnd();
      statement.otherwise = statements({"endfor"});
    }
    expectName("endfor");
    blockEnd();
  }

  static ExpressionPtr make(Kind kind, Place place, std::string text, std::vector<ExpressionPtr> parts) {
    auto node = std::make_unique<Expression>();
    node->kind = kind;
    node->place = place;
    node->text = std::move(text);
    node->parts = std::move(parts);
    return node;
  }
  template <typename... Parts>
  static ExpressionPtr make(Kind kind, Place place, std::string text, Parts... parts) {
    std::vector<ExpressionPtr> list;
    (list.push_back(std::move(parts)), ...);
    return make(kind, place, std::move(text), std::move(list));
  }
  static ExpressionPtr literal(Place place, Value value) {
    auto node = std::make_unique<Expression>();
    node->place = place;
    node->value = std::move(value);
    return node;
  }

  ExpressionPtr expression() {
    const Depth depth(*this);
    ExpressionPtr value = disjunction();
    while (isName("if")) {
      const Place place = take().place;
      ExpressionPtr test = disjunction(), otherwise;
      if (takeName("else"))
        otherwise = expression();
      value = make(Kind::Condition, place, "", std::move(value), std::move(test), std::move(otherwise));
    }
    return value;
  }
  /// Operators of one precedence, from the left.
  template <typename Operand>
  ExpressionPtr operators(std::initializer_list<std::string_view> known, const Operand &operand) {
    ExpressionPtr left = operand();
    while ((peek().kind == Token::Kind::Symbol || peek().kind == Token::Kind::Name) &&
           std::find(known.begin(), known.end(), peek().text) != known.end()) {
      const Token op = take();
      left = make(Kind::Binary, op.place, op.text, std::move(left), operand());
    }
    return left;
  }
  ExpressionPtr disjunction() {
    return operators({"or"}, [this] { return operators({"and"}, [this] { return negation(); }); });
  }
  ExpressionPtr negation() {
    const Depth depth(*this);
    if (!isName("not"))
      return comparison();
    const Place place = take().place;
    return make(Kind::Unary, place, "not", negation());
  }
  ExpressionPtr comparison() {
    ExpressionPtr left = sum();
    const Place place = peek().place;
    if (takeName("in"))
      return make(Kind::Binary, place, "in", std::move(left), sum());
    if (isName("not") && tokens_[at_ + 1].text == "in") {
      take();
      take();
      return make(Kind::Unary, place, "not", make(Kind::Binary, place, "in", std::move(left), sum()));
    }
    for (const char *op : {"==", "!=", "<=", ">=", "<", ">"})
      if (takeSymbol(op))
        return make(Kind::Binary, place, op, std::move(left), sum());
    return left;
  }
  ExpressionPtr sum() {
    return operators({"+", "-"}, [this] {
      return operators({"~"}, [this] { return operators({"*", "//", "/", "%"}, [this] { return unary(); }); });
    });
  }
  ExpressionPtr unary() {
    const Depth depth(*this);
    if (isSymbol("-") || isSymbol("+")) {
      const Token op = take();
      return make(Kind::Unary, op.place, op.text, unary());
    }
    return filters(postfix(primary()));
  }
  ExpressionPtr primary() {
    const Token token = peek();
    switch (token.kind) {
    case Token::Kind::String: {
      std::string text = take().text;
      while (peek().kind == Token::Kind::String)
        text += take().text;
      return literal(token.place, text);
    }
    case Token::Kind::Number:
      take();
      if (token.text.find('.') != std::string::npos)
        return literal(token.place, std::stod(token.text));
      if (token.text.size() > 15)
        fail("{}:{}:{}: chat template: the number {} is out of range", file_, token.place.line, token.place.column,
             token.text);
      return literal(token.place, static_cast<int64_t>(std::stoll(token.text)));
    case Token::Kind::Name:
      take();
      if (token.text == "true" || token.text == "True" || token.text == "false" || token.text == "False")
        return literal(token.place, token.text[0] == 't' || token.text[0] == 'T');
      if (token.text == "none" || token.text == "None")
        return literal(token.place, nullptr);
      return make(Kind::Name, token.place, token.text);
    case Token::Kind::Symbol:
      if (takeSymbol("(")) {
        ExpressionPtr inner = expression();
        if (isSymbol(","))
          return list(token.place, std::move(inner), ")");
        expectSymbol(")");
        return inner;
      }
      if (takeSymbol("[")) {
        if (takeSymbol("]"))
          return make(Kind::List, token.place, "");
        return list(token.place, expression(), "]");
      }
      unexpected();
    default:
      unexpected();
    }
  }
  ExpressionPtr list(Place place, ExpressionPtr first, std::string_view end) {
    std::vector<ExpressionPtr> parts;
    parts.push_back(std::move(first));
    while (takeSymbol(",") && !isSymbol(end))
      parts.push_back(expression());
    expectSymbol(end);
    return make(Kind::List, place, "", std::move(parts));
  }
  /// The arguments behind "(", into `node`.
  void arguments(Expression &node) {
    while (!takeSymbol(")")) {
      if (peek().kind == Token::Kind::Name && tokens_[at_ + 1].kind == Token::Kind::Symbol &&
          tokens_[at_ + 1].text == "=") {
        node.names.push_back(take().text);
        take();
      } else if (!node.names.empty()) {
        unexpected();
      }
      node.parts.push_back(expression());
      if (!isSymbol(")"))
        expectSymbol(",");
    }
  }
  ExpressionPtr postfix(ExpressionPtr value) {
    for (int chain = 0;; ++chain) {
      const Place place = peek().place;
      if (chain > deepest)
        fail("{}:{}:{}: chat template: a chain of more than {} members", file_, place.line, place.column, deepest);
      if (takeSymbol(".")) {
        value = make(Kind::Member, place, name(), std::move(value));
      } else if (takeSymbol("[")) {
        value = subscript(place, std::move(value));
      } else if (takeSymbol("(")) {
        auto call = std::make_unique<Expression>();
        call->kind = Kind::Call;
        call->place = place;
        call->parts.push_back(std::move(value));
        arguments(*call);
        value = std::move(call);
      } else {
        return value;
      }
    }
  }
  ExpressionPtr subscript(Place place, ExpressionPtr value) {
    ExpressionPtr bounds[3];
    int count = 0;
    bool isSlice = false;
    for (;;) {
      if (!isSymbol(":") && !isSymbol("]"))
        bounds[count] = expression();
      if (takeSymbol("]"))
        break;
      expectSymbol(":");
      isSlice = true;
      if (++count == 3)
        unexpected();
    }
    if (!isSlice && !bounds[0])
      unexpected();
    if (!isSlice)
      return make(Kind::Element, place, "", std::move(value), std::move(bounds[0]));
    return make(Kind::Slice, place, "", std::move(value), std::move(bounds[0]), std::move(bounds[1]),
                std::move(bounds[2]));
  }
  ExpressionPtr filters(ExpressionPtr value) {
    for (int chain = 0;; ++chain) {
      const Place place = peek().place;
      if (chain > deepest)
        fail("{}:{}:{}: chat template: a chain of more than {} members", file_, place.line, place.column, deepest);
      if (takeSymbol("|")) {
        auto filter = std::make_unique<Expression>();
        filter->kind = Kind::Filter;
        filter->place = place;
        filter->text = name();
        filter->parts.push_back(std::move(value));
        if (takeSymbol("("))
          arguments(*filter);
        value = postfix(std::move(filter));
      } else if (takeName("is")) {
        const bool negates = takeName("not");
        value = make(Kind::Test, place, name(), std::move(value));
        if (negates)
          value = make(Kind::Unary, place, "not", std::move(value));
      } else {
        return value;
      }
    }
  }

  std::string file_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  int depth_ = 0, loops_ = 0;
};

} // namespace

std::vector<Statement> parseTemplate(std::string_view file, std::string_view text) { return Parser(file, text).run(); }

} // namespace mase::chat
