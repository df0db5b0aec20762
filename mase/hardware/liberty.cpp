// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/liberty.h"

#include "mase/support/error.h"
#include "mase/support/mapped_file.h"

#include <cctype>
#include <cstdlib>
#include <memory>

namespace mase {
namespace {

/// name (arguments) { groups and attributes }
struct Group {
  std::string name;
  std::vector<std::string> arguments;
  std::map<std::string, std::string> attributes;
  std::vector<std::pair<std::string, std::vector<std::string>>> lists; // name (a, b);
  std::vector<Group> groups;
};

class Reader {
public:
  Reader(std::string path, const std::string &text) : path_(std::move(path)), text_(text) {}

  Group library() {
    Group top = statement();
    if (top.name != "library")
      wrong();
    return top;
  }

private:
  [[noreturn]] void wrong() const {
    fail("{}:{}: not a liberty file ('library (NAME) {{ cell (NAME) {{ ... }} }}' would be right)", path_, line_);
  }

  /// Skips blanks, comments and continued lines.
  void skip() {
    while (at_ < text_.size()) {
      if (text_[at_] == '\n')
        ++line_, ++at_;
      else if (std::isspace(static_cast<unsigned char>(text_[at_])) || text_[at_] == '\\')
        ++at_;
      else if (text_.compare(at_, 2, "/*") == 0) {
        const size_t end = std::min(text_.find("*/", at_ + 2), text_.size());
        for (; at_ < end; ++at_)
          line_ += text_[at_] == '\n' ? 1 : 0;
        at_ = std::min(at_ + 2, text_.size());
      } else if (text_.compare(at_, 2, "//") == 0) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        return;
      }
    }
  }
  char next() {
    skip();
    if (at_ >= text_.size())
      wrong();
    return text_[at_];
  }
  void take(char c) {
    if (next() != c)
      wrong();
    ++at_;
  }
  /// A quoted text, or all up to one of `ends`.
  std::string word(const char *ends) {
    std::string text;
    if (next() == '"') {
      for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
        line_ += text_[at_] == '\n' ? 1 : 0;
        if (text_[at_] != '\\' && text_[at_] != '\n')
          text += text_[at_];
      }
      take('"');
      return text;
    }
    while (at_ < text_.size() && text_[at_] != '\n' &&
           std::string_view(ends).find(text_[at_]) == std::string_view::npos)
      text += text_[at_++];
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())))
      text.pop_back();
    return text;
  }

  Group statement() {
    Group group;
    group.name = word(" \t\r:({};,\"");
    if (group.name.empty())
      wrong();
    take('(');
    while (next() != ')') {
      group.arguments.push_back(word(",)"));
      if (next() == ',')
        ++at_;
    }
    take(')');
    if (next() != '{')
      return group; // a list
    take('{');
    while (next() != '}') {
      if (text_[at_] == ';') {
        ++at_;
        continue;
      }
      const size_t start = at_;
      const int line = line_;
      const std::string name = word(" \t\r:({};,\"");
      if (next() == ':') {
        ++at_;
        group.attributes[name] = word(";}");
      } else {
        at_ = start, line_ = line;
        Group inner = statement();
        if (text_[at_ - 1] == '}')
          group.groups.push_back(std::move(inner));
        else
          group.lists.emplace_back(inner.name, std::move(inner.arguments));
      }
    }
    take('}');
    return group;
  }

  std::string path_;
  const std::string &text_;
  size_t at_ = 0;
  int line_ = 1;
};

double numberOf(const Group &group, const std::string &key) {
  auto found = group.attributes.find(key);
  return found == group.attributes.end() ? 0 : std::strtod(found->second.c_str(), nullptr);
}
std::string textOf(const Group &group, const std::string &key) {
  auto found = group.attributes.find(key);
  return found == group.attributes.end() ? "" : found->second;
}

/// Mean over a pin's tables of rise and fall energy, each at its first value: least load, least slew.
double internalEnergy(const Group &pin) {
  double sum = 0;
  int tables = 0;
  for (const Group &power : pin.groups)
    if (power.name == "internal_power")
      for (const Group &table : power.groups)
        if (table.name == "rise_power" || table.name == "fall_power" || table.name == "power")
          for (const auto &[name, values] : table.lists)
            if (name == "values" && !values.empty())
              sum += std::strtod(values[0].c_str(), nullptr), ++tables;
  return tables == 0 ? 0 : sum / tables;
}

LibertyCell cellOf(const Group &group) {
  LibertyCell cell;
  cell.area = numberOf(group, "area");
  for (const Group &inner : group.groups) {
    if (inner.name == "ff" && inner.arguments.size() == 2) {
      cell.state = inner.arguments[0], cell.complement = inner.arguments[1];
      cell.nextState = textOf(inner, "next_state"), cell.clock = textOf(inner, "clocked_on");
    } else if (inner.name == "pin" && !inner.arguments.empty()) {
      LibertyPin &pin = cell.pins[inner.arguments[0]];
      pin.output = textOf(inner, "direction") == "output";
      pin.capacitance = numberOf(inner, "capacitance");
      pin.internalEnergy = internalEnergy(inner);
      pin.function = textOf(inner, "function");
    }
  }
  return cell;
}

} // namespace

Liberty readLiberty(const std::filesystem::path &path) {
  const std::string text = readTextFile(path);
  const Group top = Reader(path.string(), text).library();
  Liberty library;
  library.voltage = numberOf(top, "nom_voltage");
  for (const Group &group : top.groups)
    if (group.name == "cell" && !group.arguments.empty())
      library.cells[group.arguments[0]] = cellOf(group);
  if (library.voltage <= 0)
    fail("{}: the library has no nom_voltage, without which capacitance is no energy", path.string());
  if (library.cells.empty())
    fail("{}: the library has no cells", path.string());
  return library;
}

LibertyFunction::LibertyFunction(const std::string &text, const std::map<std::string, int> &names) {
  size_t at = 0;
  auto wrong = [&] { fail("'{}' is no function of a cell's pins", text); };
  auto skip = [&] {
    while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at])))
      ++at;
  };
  // Or, xor, and; each level takes the next higher one's results.
  auto level = [&](auto &&self, int depth) -> void {
    if (depth == 3) { // a value, with negations before or behind
      skip();
      if (at >= text.size())
        wrong();
      if (text[at] == '!') {
        ++at;
        self(self, 3);
        steps_.push_back({'!'});
        return;
      }
      if (text[at] == '(') {
        ++at;
        self(self, 0);
        skip();
        if (at >= text.size() || text[at++] != ')')
          wrong();
      } else {
        std::string name;
        while (at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) || text[at] == '_'))
          name += text[at++];
        auto found = names.find(name);
        if (found != names.end())
          steps_.push_back({'v', found->second});
        else if (name == "0" || name == "1")
          steps_.push_back({name[0]});
        else
          wrong();
      }
      for (skip(); at < text.size() && text[at] == '\''; ++at)
        steps_.push_back({'!'});
      return;
    }
    self(self, depth + 1);
    while (true) {
      skip();
      const char c = at < text.size() ? text[at] : ')';
      const bool sign = depth == 0 ? c == '+' || c == '|' : depth == 1 ? c == '^' : c == '*' || c == '&';
      const bool beside =
          depth == 2 && (std::isalnum(static_cast<unsigned char>(c)) || c == '(' || c == '!' || c == '_');
      if (!sign && !beside)
        return;
      at += sign ? 1 : 0;
      self(self, depth + 1);
      steps_.push_back({depth == 0 ? '|' : depth == 1 ? '^' : '&'});
    }
  };
  level(level, 0);
  skip();
  if (at != text.size())
    wrong();
}

uint64_t LibertyFunction::evaluate(const std::vector<uint64_t> &values) const {
  std::vector<uint64_t> stack;
  for (const Step &step : steps_) {
    if (step.kind == 'v') {
      stack.push_back(values[static_cast<size_t>(step.value)]);
    } else if (step.kind == '0' || step.kind == '1') {
      stack.push_back(step.kind == '1' ? ~uint64_t{0} : 0);
    } else if (step.kind == '!') {
      stack.back() = ~stack.back();
    } else {
      const uint64_t right = stack.back();
      stack.pop_back();
      uint64_t &left = stack.back();
      left = step.kind == '|' ? left | right : step.kind == '^' ? left ^ right : left & right;
    }
  }
  return stack.back();
}

} // namespace mase
