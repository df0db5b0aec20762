// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/chat_template/chat_template.h"

#include "mase/frontend/chat_template/functions.h"
#include "mase/support/error.h"

#include <algorithm>
#include <map>

namespace mase {
namespace chat {
namespace {

constexpr int64_t mostSteps = 100'000; // of one rendering: then it is endless
constexpr size_t mostBytes = size_t{64} << 20;

/// Whether a value is one that a template for texts may have: lists of lists grow fast, and deep ones are copied deep.
bool isSmall(const Value &value, int depth, int64_t &count) {
  if (++count > 1'000'000 || depth > 64)
    return false;
  return !value.is_structured() ||
         std::all_of(value.begin(), value.end(), [&](const Value &one) { return isSmall(one, depth + 1, count); });
}

/// What a block asks of the loop around it.
enum class Flow { Next, Break, Continue };

class Interpreter {
public:
  Interpreter(std::string_view file, const std::vector<std::pair<std::string, Value>> &names) : file_(file) {
    scopes_.emplace_back();
    for (const auto &[name, value] : names)
      scopes_.back()[name] = value;
  }
  std::string run(const std::vector<Statement> &statements) {
    runAll(statements);
    return std::move(output_);
  }

private:
  using Kind = Expression::Kind;

  void step(Place place) {
    if (++steps_ > mostSteps || output_.size() > mostBytes)
      fail("{}:{}:{}: chat template: goes on without an end", file_, place.line, place.column);
  }
  /// The value of a name: the innermost one.
  Value find(const std::string &name) const {
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope)
      if (const auto found = scope->find(name); found != scope->end())
        return found->second;
    return undefined();
  }

  Flow runAll(const std::vector<Statement> &statements) {
    for (const Statement &statement : statements)
      if (const Flow flow = run(statement); flow != Flow::Next)
        return flow;
    return Flow::Next;
  }
  Flow run(const Statement &statement) {
    step(statement.place);
    switch (statement.kind) {
    case Statement::Kind::Text:
      output_ += statement.text;
      return Flow::Next;
    case Statement::Kind::Print:
      output_ += textOf(file_, statement.place, evaluate(*statement.expression));
      return Flow::Next;
    case Statement::Kind::Set:
      set(statement);
      return Flow::Next;
    case Statement::Kind::If:
      return runAll(isTrue(evaluate(*statement.expression)) ? statement.body : statement.otherwise);
    case Statement::Kind::For:
      return loop(statement);
    case Statement::Kind::Break:
      return Flow::Break;
    case Statement::Kind::Continue:
      return Flow::Continue;
    }
    return Flow::Next;
  }
  void set(const Statement &statement) {
    Value value = evaluate(*statement.expression);
    if (statement.names.size() == 1) {
      scopes_.back()[statement.names[0]] = std::move(value);
      return;
    }
    Value *space = namespaceOf(find(statement.names[0]));
    if (!space)
      refuse(statement.place, "only members of a namespace are set");
    (*space)[statement.names[1]] = std::move(value);
  }
  Flow loop(const Statement &statement) {
    const Value all = evaluate(*statement.expression);
    std::vector<Value> items = elementsOf(file_, statement.place, all);
    if (statement.condition)
      std::erase_if(items, [&](const Value &item) {
        step(statement.place);
        scopes_.emplace_back();
        bind(statement, item);
        const bool stays = isTrue(evaluate(*statement.condition));
        scopes_.pop_back();
        return !stays;
      });
    if (items.empty())
      return runAll(statement.otherwise);
    for (size_t i = 0; i < items.size(); ++i) {
      step(statement.place);
      scopes_.emplace_back();
      bind(statement, items[i]);
      Value state = {{"index0", i},
                     {"index", i + 1},
                     {"first", i == 0},
                     {"last", i + 1 == items.size()},
                     {"length", items.size()},
                     {"revindex", items.size() - i},
                     {"revindex0", items.size() - i - 1}};
      if (i > 0)
        state["previtem"] = items[i - 1];
      if (i + 1 < items.size())
        state["nextitem"] = items[i + 1];
      scopes_.back()["loop"] = std::move(state);
      const Flow flow = runAll(statement.body);
      scopes_.pop_back();
      if (flow == Flow::Break)
        break;
    }
    return Flow::Next;
  }
  void bind(const Statement &statement, const Value &item) {
    if (statement.names.size() == 1) {
      scopes_.back()[statement.names[0]] = item;
      return;
    }
    if (!item.is_array() || item.size() != statement.names.size())
      refuse(statement.place, "a loop over several names wants lists of as many");
    for (size_t i = 0; i < item.size(); ++i)
      scopes_.back()[statement.names[i]] = item[i];
  }

  Value evaluate(const Expression &e) {
    step(e.place);
    switch (e.kind) {
    case Kind::Literal:
      return e.value;
    case Kind::Name:
      return find(e.text);
    case Kind::List: {
      Value list = Value::array();
      for (const ExpressionPtr &part : e.parts)
        list.push_back(evaluate(*part));
      if (int64_t count = 0; !isSmall(list, 0, count))
        refuse(e.place, "a list that is too deep or too long");
      return list;
    }
    case Kind::Member:
      return member(e.place, evaluate(*e.parts[0]), e.text);
    case Kind::Element: {
      const Value base = evaluate(*e.parts[0]), key = evaluate(*e.parts[1]);
      return key.is_string() ? member(e.place, base, key.get<std::string>()) : elementOf(file_, e.place, base, key);
    }
    case Kind::Slice: {
      Value bounds = Value::array();
      const Value base = evaluate(*e.parts[0]);
      for (size_t i = 1; i < 4; ++i)
        bounds.push_back(e.parts[i] ? evaluate(*e.parts[i]) : Value());
      return sliceOf(file_, e.place, base, bounds);
    }
    case Kind::Call:
      return call(e);
    case Kind::Filter:
      return filter(file_, e.place, e.text, evaluate(*e.parts[0]), argumentsOf(e));
    case Kind::Test:
      return test(file_, e.place, e.text, evaluate(*e.parts[0]));
    case Kind::Unary: {
      const Value value = evaluate(*e.parts[0]);
      if (e.text == "not")
        return !isTrue(value);
      return binary(file_, e.place, e.text, 0, value);
    }
    case Kind::Binary:
      return operation(e);
    case Kind::Condition:
      if (isTrue(evaluate(*e.parts[1])))
        return evaluate(*e.parts[0]);
      return e.parts[2] ? evaluate(*e.parts[2]) : undefined();
    }
    return undefined();
  }
  Value operation(const Expression &e) {
    Value left = evaluate(*e.parts[0]);
    if (e.text == "and" || e.text == "or") // the operand itself, as in Python
      return isTrue(left) == (e.text == "or") ? left : evaluate(*e.parts[1]);
    return binary(file_, e.place, e.text, left, evaluate(*e.parts[1]));
  }
  Arguments argumentsOf(const Expression &e) {
    Arguments arguments;
    const size_t named = e.parts.size() - e.names.size();
    for (size_t i = 1; i < e.parts.size(); ++i)
      if (i < named)
        arguments.list.push_back(evaluate(*e.parts[i]));
      else
        arguments.names[e.names[i - named]] = evaluate(*e.parts[i]);
    return arguments;
  }
  Value call(const Expression &e) {
    const Expression &target = *e.parts[0];
    Arguments arguments = argumentsOf(e);
    if (target.kind == Kind::Name) {
      if (target.text == "namespace") {
        namespaces_.push_back(std::move(arguments.names));
        Value handle = Value::object();
        handle[namespaceKey] = namespaces_.size() - 1;
        return handle;
      }
      if (target.text == "raise_exception")
        fail("{}: the chat template refuses these messages: {}", file_,
             inQuotes(arguments.list.empty() ? "" : textOf(file_, e.place, arguments.list[0])));
      if (target.text == "range")
        return rangeOf(file_, e.place, arguments);
    }
    if (target.kind == Kind::Member)
      return method(file_, e.place, target.text, evaluate(*target.parts[0]), arguments);
    refuse(e.place, "a function that is not known (known: namespace, raise_exception, range)");
  }
  Value member(Place place, const Value &base, const std::string &name) {
    if (isUndefined(base))
      refuse(place, "a member of something that is not there");
    const Value *object = &base;
    if (const Value *space = namespaceOf(base))
      object = space;
    if (!object->is_object())
      return undefined();
    const auto found = object->find(name);
    return found == object->end() ? undefined() : *found;
  }
  Value *namespaceOf(const Value &value) {
    if (!value.is_object() || value.size() != 1 || !value.contains(namespaceKey))
      return nullptr;
    return &namespaces_[value[namespaceKey].get<size_t>()];
  }
  [[noreturn]] void refuse(Place place, const char *what) const {
    fail("{}:{}:{}: chat template: {}", file_, place.line, place.column, what);
  }

  static constexpr const char *namespaceKey = "\x01namespace"; // no message can have it: messages are role and content
  std::string file_, output_;
  std::vector<std::map<std::string, Value>> scopes_;
  std::vector<Value> namespaces_; // by the number that a value of theirs holds
  int64_t steps_ = 0;
};

} // namespace
} // namespace chat

ChatTemplate::ChatTemplate(std::string_view file, std::string_view text)
    : file_(file), statements_(std::make_shared<const std::vector<chat::Statement>>(chat::parseTemplate(file, text))) {}

std::string ChatTemplate::render(const std::vector<ChatMessage> &messages, bool addGenerationPrompt,
                                 const std::vector<std::pair<std::string, std::string>> &names) const {
  chat::Value list = chat::Value::array();
  for (const ChatMessage &message : messages)
    list.push_back({{"role", message.role}, {"content", message.content}});
  std::vector<std::pair<std::string, chat::Value>> all(names.begin(), names.end());
  all.emplace_back("messages", std::move(list));
  all.emplace_back("add_generation_prompt", addGenerationPrompt);
  for (const char *absent : {"tools", "documents"})
    all.emplace_back(absent, nullptr);
  return chat::Interpreter(file_, all).run(*statements_);
}

} // namespace mase
