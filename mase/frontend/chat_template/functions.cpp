// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/chat_template/functions.h"

#include "mase/frontend/characters.h"
#include "mase/frontend/utf8.h"
#include "mase/support/error.h"

#include <algorithm>

namespace mase::chat {
namespace {

[[noreturn]] void refuse(std::string_view file, Place place, std::string_view what, std::string_view name) {
  fail("{}:{}:{}: chat template: {} {} is not read", file, place.line, place.column, what, inQuotes(name));
}
[[noreturn]] void wrongKind(std::string_view file, Place place, std::string_view what) {
  fail("{}:{}:{}: chat template: {} is given a value of the wrong kind", file, place.line, place.column, what);
}

std::vector<Value> charactersOf(const std::string &text) {
  std::vector<Value> characters;
  forEachCodePoint(text, [&](uint32_t, std::string_view bytes) { characters.emplace_back(std::string(bytes)); });
  return characters;
}

bool areEqual(const Value &a, const Value &b) {
  if (isUndefined(a) || isUndefined(b))
    return isUndefined(a) && isUndefined(b);
  if (a.is_boolean() != b.is_boolean() && (a.is_number() || b.is_number()))
    return (a.is_boolean() ? Value(a.get<bool>() ? 1 : 0) : a) == (b.is_boolean() ? Value(b.get<bool>() ? 1 : 0) : b);
  return a == b;
}

const char *const spaces = " \t\r\n\f\v";

std::string stripped(const std::string &text, const std::string &characters, bool left, bool right) {
  const size_t begin = left ? text.find_first_not_of(characters) : 0;
  if (begin == std::string::npos || text.empty())
    return "";
  const size_t end = right ? text.find_last_not_of(characters) : text.size() - 1;
  return end == std::string::npos ? "" : text.substr(begin, end - begin + 1);
}

std::string upperCase(std::string text) {
  for (char &c : text)
    if (c >= 'a' && c <= 'z')
      c = static_cast<char>(c - 32);
  return text;
}

/// Templates that write texts are short; one that doubles a value again and again must end.
void checkSize(std::string_view file, Place place, size_t size) {
  if (size > (size_t{1} << 24))
    fail("{}:{}:{}: chat template: a value of more than 16 million characters or elements", file, place.line,
         place.column);
}

std::string replaced(std::string_view file, Place place, const std::string &text, const std::string &what,
                     const std::string &by) {
  if (what.empty())
    return text;
  std::string result;
  size_t reached = 0;
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; reached = at += what.size())
    checkSize(file, place, result.append(text, reached, at - reached).append(by).size());
  return result.append(text, reached);
}

/// As Python's json.dumps with ensure_ascii=False: ", " and ": " between.
std::string jsonOf(const Value &value) {
  if (value.is_object()) {
    std::string text = "{";
    for (auto &[key, member] : value.items())
      text += (text.size() > 1 ? ", " : "") + Value(key).dump() + ": " + jsonOf(member);
    return text + "}";
  }
  if (value.is_array()) {
    std::string text = "[";
    for (const Value &element : value)
      text += (text.size() > 1 ? ", " : "") + jsonOf(element);
    return text + "]";
  }
  return value.dump();
}

std::string argumentText(std::string_view file, Place place, const Arguments &arguments, size_t index,
                         const char *name) {
  if (index >= arguments.list.size() || !arguments.list[index].is_string())
    wrongKind(file, place, name);
  return arguments.list[index].get<std::string>();
}

} // namespace

std::string textOf(std::string_view file, Place place, const Value &value) {
  if (isUndefined(value))
    return "";
  if (value.is_string())
    return value.get<std::string>();
  if (value.is_null())
    return "None";
  if (value.is_boolean())
    return value.get<bool>() ? "True" : "False";
  if (value.is_number())
    return value.dump();
  wrongKind(file, place, "printing (text, numbers, none)");
}

std::vector<Value> elementsOf(std::string_view file, Place place, const Value &value) {
  if (isUndefined(value))
    return {};
  if (value.is_string())
    return charactersOf(value.get<std::string>());
  std::vector<Value> elements;
  if (value.is_object())
    for (auto &[key, member] : value.items())
      elements.emplace_back(key);
  else if (value.is_array())
    elements.assign(value.begin(), value.end());
  else
    wrongKind(file, place, "a loop");
  return elements;
}

Value elementOf(std::string_view file, Place place, const Value &base, const Value &index) {
  if (!index.is_number_integer() || (!base.is_array() && !base.is_string()))
    wrongKind(file, place, "an element's number");
  const std::vector<Value> elements = elementsOf(file, place, base);
  const auto at = index.get<int64_t>(), count = std::ssize(elements);
  if (at >= count || at < -count)
    return undefined();
  return elements[static_cast<size_t>(at < 0 ? at + count : at)];
}

Value sliceOf(std::string_view file, Place place, const Value &base, const Value &bounds) {
  if (!base.is_array() && !base.is_string())
    wrongKind(file, place, "a slice");
  for (const Value &bound : bounds)
    if (!bound.is_null() && !bound.is_number_integer())
      wrongKind(file, place, "a slice");
  std::vector<Value> elements = elementsOf(file, place, base);
  const auto count = std::ssize(elements);
  const int64_t step = bounds[2].is_null() ? 1 : bounds[2].get<int64_t>();
  if (step != 1 && (step != -1 || !bounds[0].is_null() || !bounds[1].is_null()))
    wrongKind(file, place, "a slice");
  const auto bound = [&](const Value &value, int64_t otherwise) {
    const int64_t at = value.is_null() ? otherwise : value.get<int64_t>();
    return std::clamp<int64_t>(at < 0 ? at + count : at, 0, count);
  };
  const int64_t begin = bound(bounds[0], 0), end = bound(bounds[1], count);
  if (step < 0)
    std::reverse(elements.begin(), elements.end());
  Value result = Value::array();
  std::string text;
  for (int64_t i = begin; i < end; ++i) {
    const Value &element = elements[static_cast<size_t>(i)];
    base.is_string() ? void(text += element.get_ref<const std::string &>()) : result.push_back(element);
  }
  return base.is_string() ? Value(text) : result;
}

Value rangeOf(std::string_view file, Place place, const Arguments &arguments) {
  int64_t bounds[3] = {0, 0, 1};
  const auto &list = arguments.list;
  for (size_t i = 0; i < list.size() && i < 3; ++i)
    if (!list[i].is_number_integer())
      wrongKind(file, place, "range");
    else
      bounds[list.size() == 1 ? 1 : i] = list[i].get<int64_t>();
  if (list.empty() || list.size() > 3 || bounds[2] == 0 || bounds[1] - bounds[0] > 100'000 ||
      bounds[0] - bounds[1] > 100'000)
    wrongKind(file, place, "range");
  Value result = Value::array();
  for (int64_t i = bounds[0]; bounds[2] > 0 ? i < bounds[1] : i > bounds[1]; i += bounds[2])
    result.push_back(i);
  return result;
}

Value binary(std::string_view file, Place place, std::string_view op, const Value &left, const Value &right) {
  if (op == "==")
    return areEqual(left, right);
  if (op == "!=")
    return !areEqual(left, right);
  if (op == "~") {
    std::string joined = textOf(file, place, left) + textOf(file, place, right);
    checkSize(file, place, joined.size());
    return joined;
  }
  if (op == "in") {
    if (right.is_string() && left.is_string())
      return right.get_ref<const std::string &>().find(left.get_ref<const std::string &>()) != std::string::npos;
    const std::vector<Value> all = elementsOf(file, place, right);
    return std::any_of(all.begin(), all.end(), [&](const Value &one) { return areEqual(one, left); });
  }
  if (left.is_string() && right.is_string()) {
    const auto &a = left.get_ref<const std::string &>(), &b = right.get_ref<const std::string &>();
    if (op == "+") {
      checkSize(file, place, a.size() + b.size());
      return a + b;
    }
    if (op == "<" || op == ">" || op == "<=" || op == ">=")
      return op[0] == '<' ? (op.size() > 1 ? a <= b : a < b) : (op.size() > 1 ? a >= b : a > b);
  }
  if (op == "+" && left.is_array() && right.is_array()) {
    checkSize(file, place, left.size() + right.size());
    Value joined = left;
    joined.insert(joined.end(), right.begin(), right.end());
    return joined;
  }
  if (!left.is_number() || !right.is_number())
    wrongKind(file, place, fmt::format("the operator {}", op));
  const auto x = left.get<double>(), y = right.get<double>();
  if (op == "<" || op == ">" || op == "<=" || op == ">=")
    return op[0] == '<' ? (op.size() > 1 ? x <= y : x < y) : (op.size() > 1 ? x >= y : x > y);
  const bool divides = op == "/" || op == "//" || op == "%";
  if (!left.is_number_integer() || !right.is_number_integer() || op == "/" || (divides && y == 0) ||
      std::abs(x) > 1e9 || std::abs(y) > 1e9)
    wrongKind(file, place, fmt::format("the operator {} (whole numbers)", op));
  const auto a = left.get<int64_t>(), b = right.get<int64_t>();
  if (op == "+")
    return a + b;
  if (op == "-")
    return a - b;
  if (op == "*")
    return a * b;
  const int64_t quotient = a / b - (a % b != 0 && (a < 0) != (b < 0)); // rounded down, as Python's
  return op == "//" ? quotient : a - quotient * b;
}

Value filter(std::string_view file, Place place, const std::string &name, const Value &value,
             const Arguments &arguments) {
  if (name == "default" || name == "d") {
    const bool isMissing =
        isUndefined(value) || (arguments.list.size() > 1 && isTrue(arguments.list[1]) && !isTrue(value));
    return !isMissing ? value : arguments.list.empty() ? Value("") : arguments.list[0];
  }
  if (name == "tojson") {
    if (!arguments.list.empty() || !arguments.names.empty())
      refuse(file, place, "an option of the filter", name);
    return isUndefined(value) ? Value("") : Value(jsonOf(value));
  }
  if (name == "length" || name == "count")
    return elementsOf(file, place, value).size();
  if (name == "list")
    return Value(elementsOf(file, place, value));
  if (name == "first" || name == "last") {
    const std::vector<Value> all = elementsOf(file, place, value);
    return all.empty() ? undefined() : name == "first" ? all.front() : all.back();
  }
  if (name == "items")
    return method(file, place, name, value, {});
  if (name == "join") {
    std::string joined;
    const std::string between = arguments.list.empty() ? "" : argumentText(file, place, arguments, 0, "join");
    bool isFirst = true;
    for (const Value &one : elementsOf(file, place, value)) {
      joined += (isFirst ? "" : between) + textOf(file, place, one);
      checkSize(file, place, joined.size());
      isFirst = false;
    }
    return joined;
  }
  if (name == "string")
    return textOf(file, place, value);
  if (name == "safe")
    return value;
  if (name == "trim")
    return stripped(textOf(file, place, value), spaces, true, true);
  if (name == "upper" || name == "lower" || name == "replace" || name == "capitalize")
    return method(file, place, name, textOf(file, place, value), arguments);
  refuse(file, place, "the filter", name);
}

bool test(std::string_view file, Place place, const std::string &name, const Value &value) {
  if (name == "defined")
    return !isUndefined(value);
  if (name == "undefined")
    return isUndefined(value);
  if (name == "none")
    return value.is_null();
  if (name == "string")
    return value.is_string();
  if (name == "mapping")
    return value.is_object();
  if (name == "iterable" || name == "sequence")
    return value.is_array() || value.is_string() || value.is_object() || isUndefined(value);
  if (name == "number") // booleans are, in Python
    return value.is_number() || value.is_boolean();
  if (name == "integer")
    return value.is_number_integer();
  if (name == "boolean")
    return value.is_boolean();
  if (name == "true" || name == "false")
    return value.is_boolean() && value.get<bool>() == (name == "true");
  refuse(file, place, "the test", name);
}

Value method(std::string_view file, Place place, const std::string &name, const Value &value,
             const Arguments &arguments) {
  if (value.is_object() && name == "items") {
    Value items = Value::array();
    for (auto &[key, member] : value.items())
      items.push_back(Value::array({key, member}));
    return items;
  }
  if (value.is_object() && name == "get") {
    const auto found = value.find(argumentText(file, place, arguments, 0, "get"));
    return found != value.end() ? *found : arguments.list.size() > 1 ? arguments.list[1] : Value();
  }
  if (!value.is_string())
    refuse(file, place, "the method", name);
  const auto &text = value.get_ref<const std::string &>();
  const auto argument = [&](size_t index) { return argumentText(file, place, arguments, index, name.c_str()); };
  if (name == "strip" || name == "lstrip" || name == "rstrip")
    return stripped(text, arguments.list.empty() ? spaces : argument(0), name != "rstrip", name != "lstrip");
  if (name == "startswith")
    return text.starts_with(argument(0));
  if (name == "endswith")
    return text.ends_with(argument(0));
  if (name == "upper")
    return upperCase(text);
  if (name == "lower")
    return lowerCase(text);
  if (name == "capitalize")
    return upperCase(text.substr(0, 1)) + lowerCase(text.substr(std::min<size_t>(1, text.size())));
  if (name == "replace")
    return replaced(file, place, text, argument(0), argument(1));
  if (name == "split") {
    const std::string between = argument(0);
    if (between.empty())
      wrongKind(file, place, "split");
    Value parts = Value::array();
    size_t begin = 0;
    for (size_t at = 0; (at = text.find(between, begin)) != std::string::npos; begin = at + between.size())
      parts.push_back(text.substr(begin, at - begin));
    parts.push_back(text.substr(begin));
    return parts;
  }
  refuse(file, place, "the method", name);
}

} // namespace mase::chat
