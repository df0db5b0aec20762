// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What a chat template can do with values: operators, filters, tests and methods, as Jinja and Python define them.
///
/// Functions without state. Errors  InputError with file, line and column: operands of the wrong kind, names that are
/// not known.
#pragma once

#include "mase/frontend/chat_template/syntax.h"

namespace mase::chat {

struct Arguments {
  std::vector<Value> list;
  Value names = Value::object();
};

/// As it is printed: undefined ones print nothing, others as Python's str().
std::string textOf(std::string_view file, Place place, const Value &value);
/// What a loop goes over: a list's elements, an object's keys, a text's characters.
std::vector<Value> elementsOf(std::string_view file, Place place, const Value &value);
/// list[index], text[index]; undefined past the ends.
Value elementOf(std::string_view file, Place place, const Value &base, const Value &index);
/// `bounds` are begin, end and step, null where they are left out; a step is 1 or -1.
Value sliceOf(std::string_view file, Place place, const Value &base, const Value &bounds);
Value rangeOf(std::string_view file, Place place, const Arguments &arguments);

Value binary(std::string_view file, Place place, std::string_view op, const Value &left, const Value &right);
Value filter(std::string_view file, Place place, const std::string &name, const Value &value,
             const Arguments &arguments);
bool test(std::string_view file, Place place, const std::string &name, const Value &value);
Value method(std::string_view file, Place place, const std::string &name, const Value &value,
             const Arguments &arguments);

} // namespace mase::chat
