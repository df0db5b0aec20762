// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The parsed form of a chat template: statements and expressions of the part of Jinja that templates of chat models
/// use.
///
/// Each node knows where it stands in the template, for errors. Built by parser.cpp, run by interpreter.cpp.
/// Source  https://jinja.palletsprojects.com/en/stable/templates
#pragma once

#include "mase/frontend/chat_template/value.h"

#include <memory>
#include <string>
#include <vector>

namespace mase::chat {

/// Where something stands, counted from 1.
struct Place {
  int line = 1, column = 1;
};

struct Expression;
using ExpressionPtr = std::unique_ptr<const Expression>;

struct Expression {
  enum class Kind {
    Literal,   ///< value
    Name,      ///< text
    List,      ///< parts
    Member,    ///< parts[0].text
    Element,   ///< parts[0][parts[1]]
    Slice,     ///< parts[0][parts[1]:parts[2]:parts[3]]; a part may be missing (null)
    Call,      ///< parts[0](parts[1] ...), with `names` for the last of them
    Filter,    ///< parts[0] | text(parts[1] ...)
    Test,      ///< parts[0] is text
    Unary,     ///< text parts[0]: "not", "-", "+"
    Binary,    ///< parts[0] text parts[1]
    Condition, ///< parts[0] if parts[1] else parts[2], which may be missing
  };
  Kind kind = Kind::Literal;
  Place place;
  std::string text;
  Value value;
  std::vector<ExpressionPtr> parts;
  std::vector<std::string> names;
};

struct Statement {
  enum class Kind {
    Text,  ///< text
    Print, ///< expression
    Set,   ///< names = expression; with two names: a member of a namespace
    If,    ///< expression: body, else otherwise
    For,   ///< names in expression if condition: body, else otherwise
    Break,
    Continue,
  };
  Kind kind = Kind::Text;
  Place place;
  std::string text;
  std::vector<std::string> names;
  ExpressionPtr expression, condition;
  std::vector<Statement> body, otherwise;
};

/// Errors  InputError, starting with `file`:line:column: what is not in the part of Jinja that is read.
std::vector<Statement> parseTemplate(std::string_view file, std::string_view text);

} // namespace mase::chat
