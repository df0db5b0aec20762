// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/formula.h"

#include "mase/support/error.h"
#include "mase/support/nearest_name.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

namespace mase {
namespace {

struct Function {
  std::string_view name;
  int arguments;
  double (*apply)(double, double);
};

constexpr Function kFunctions[] = {
    {"min", 2, [](double a, double b) { return std::min(a, b); }},
    {"max", 2, [](double a, double b) { return std::max(a, b); }},
    {"log2", 1, [](double a, double) { return a <= 1 ? 0 : std::ceil(std::log2(a)); }},
    {"pow2", 1, [](double a, double) { return std::exp2(a); }},
    {"ceil", 1, [](double a, double) { return std::ceil(a); }},
    {"least", 2, [](double a, double b) { return a <= b ? 1.0 : 0.0; }},
};

/// Recursive descent: sum, product, factor.
class Parser {
public:
  Parser(const std::string &formula, const Variables &variables) : text_(formula), variables_(variables) {}

  double all() {
    const double value = sum();
    if (at_ != text_.size())
      wrong("an operator");
    return value;
  }

private:
  [[noreturn]] void wrong(const char *expected) {
    fail("formula '{}': {} was expected at '{}'", text_, expected, text_.substr(at_));
  }
  void skip() {
    while (at_ < text_.size() && text_[at_] == ' ')
      ++at_;
  }
  bool takes(char c) {
    skip();
    if (at_ == text_.size() || text_[at_] != c)
      return false;
    ++at_;
    skip();
    return true;
  }

  double sum() {
    double value = product();
    for (;;) {
      if (takes('+'))
        value += product();
      else if (takes('-'))
        value -= product();
      else
        return value;
    }
  }
  double product() {
    double value = factor();
    for (;;) {
      if (takes('*'))
        value *= factor();
      else if (takes('/'))
        value /= factor();
      else
        return value;
    }
  }
  double factor() {
    if (takes('(')) {
      const double value = sum();
      if (!takes(')'))
        wrong("')'");
      return value;
    }
    if (takes('-'))
      return -factor();
    skip();
    double number = 0;
    const char *begin = text_.data() + at_, *end = text_.data() + text_.size();
    if (auto [stop, error] = std::from_chars(begin, end, number); error == std::errc()) {
      at_ += static_cast<size_t>(stop - begin);
      skip();
      return number;
    }
    return named();
  }
  double named() {
    const size_t begin = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_'))
      ++at_;
    const std::string name = text_.substr(begin, at_ - begin);
    if (name.empty())
      wrong("a number, a name or '('");
    if (takes('('))
      return call(name);
    if (auto found = variables_.find(name); found != variables_.end())
      return found->second;
    std::vector<std::string> known;
    for (const auto &[own, value] : variables_)
      known.push_back(own);
    fail("formula '{}': name '{}' does not exist ({})", text_, name, nameHint(name, known));
  }
  double call(const std::string &name) {
    const auto *function = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                        [&name](const Function &own) { return own.name == name; });
    if (function == std::end(kFunctions))
      fail("formula '{}': function '{}' does not exist (min, max, log2, pow2, ceil and least do)", text_, name);
    const double a = sum();
    double b = 0;
    if (function->arguments == 2) {
      if (!takes(','))
        wrong("','");
      b = sum();
    }
    if (!takes(')'))
      wrong("')'");
    return function->apply(a, b);
  }

  const std::string &text_;
  const Variables &variables_;
  size_t at_ = 0;
};

} // namespace

double evaluateFormula(const std::string &formula, const Variables &variables) {
  return Parser(formula, variables).all();
}

} // namespace mase
