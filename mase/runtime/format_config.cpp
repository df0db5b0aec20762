// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/format_config.h"

#include "mase/formats/registry.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"

#include <algorithm>
#include <cassert>
#include <sstream>
#include <toml++/toml.h>

namespace mase {
namespace {

struct Reader {
  const std::string &file;
  TensorScales tensorScales;

  std::string at(const toml::source_position &position) const {
    return fmt::format("{}:{}:{}", file, position.line, position.column);
  }
  std::string at(const toml::node &node) const { return at(node.source().begin); }

  const Format *format(const toml::node &node) const {
    auto name = node.value<std::string>();
    if (!node.is_string() || !name)
      fail("{}: is not a format's name (such as \"mxint4\", or a list of names)", at(node));
    try {
      return &parseFormat(*name);
    } catch (const InputError &error) {
      fail("{}: {}", at(node), error.what());
    }
  }

  FormatChoices choices(const toml::node &node) const {
    FormatChoices formats;
    if (!node.is_array())
      return {format(node)};
    for (const toml::node &element : *node.as_array())
      if (const Format *one = format(element); std::find(formats.begin(), formats.end(), one) == formats.end())
        formats.push_back(one);
    if (formats.empty())
      fail("{}: is an empty list (at least one format)", at(node));
    return formats;
  }

  // An input's tensor is known token by token: one scale for all of it would let a token change those before it.
  FormatChoices inputChoices(const toml::node &node) const {
    FormatChoices formats = choices(node);
    for (const Format *one : formats) {
      const bool kept = tensorScales == TensorScales::keep && one->calibrated(1);
      if (const Format &byRow = one->withRowScales(); &byRow != one && !kept)
        fail("{}: '{}' has one scale for the whole tensor, which no input has before its last token ('{}' has one a "
             "row)",
             at(node), one->name(), byRow.name());
    }
    return formats;
  }

  FormatRule rule(const toml::key &key, const toml::node &node) const {
    FormatRule rule = {std::string(key.str()), {}, {}, {}, {}, at(key.source().begin)};
    const toml::table *table = node.as_table();
    if (!table)
      fail("{}: '{}' has no table of formats ({{ weight = \"mxint4\", input = \"mxint4\" }})", rule.position,
           rule.pattern);
    for (const auto &[what, value] : *table) {
      if (what == "weight")
        rule.weight = choices(value);
      else if (what == "input")
        rule.input = inputChoices(value);
      else if (what == "output")
        rule.output = inputChoices(value);
      else if (what == "table")
        rule.table = choices(value);
      else
        fail("{}: '{}' is no tensor of a module (weight, input, output, table; a pattern with dots needs quotes)",
             at(what.source().begin), what.str());
    }
    return rule;
  }
};

const FormatChoices &choicesOf(const FormatRule &rule, Role role) {
  switch (role) {
  case Role::weight:
    return rule.weight;
  case Role::input:
    return rule.input;
  case Role::output:
    break;
  }
  return rule.output;
}

void checkPatterns(const FormatConfig &config, const std::vector<Slot> &slots) {
  for (const FormatRule &rule : config.rules) // of edges: resolveEdges
    if ((!rule.weight.empty() || !rule.input.empty()) &&
        std::none_of(slots.begin(), slots.end(),
                     [&](const Slot &slot) { return matchesModule(rule.pattern, slot.module); }))
      fail("{}: '{}' matches no module (the first is '{}')", rule.position, rule.pattern,
           slots.empty() ? "none" : slots.front().module);
}

const FormatRule &ruleOf(const FormatConfig &config, const Slot &slot) {
  for (const FormatRule &rule : config.rules)
    if (!choicesOf(rule, slot.role).empty() && matchesModule(rule.pattern, slot.module))
      return rule;
  fail("{}: no pattern gives the {} of '{}' a format (end with \"*\" = {{ weight = ..., input = ... }})", config.file,
       nameOf(slot.role), slot.module);
}

} // namespace

bool matchesModule(std::string_view pattern, std::string_view module) {
  /// Greedy with one point to go back to: the last `*` may always take more, so earlier ones never need to.
  auto matches = [pattern](std::string_view text) {
    size_t p = 0, t = 0, star = std::string_view::npos, taken = 0;
    while (t < text.size()) {
      if (p < pattern.size() && pattern[p] == '*') {
        star = p++;
        taken = t;
      } else if (p < pattern.size() && pattern[p] == text[t]) {
        ++p;
        ++t;
      } else if (star != std::string_view::npos) {
        p = star + 1;
        t = ++taken;
      } else {
        return false;
      }
    }
    while (p < pattern.size() && pattern[p] == '*')
      ++p;
    return p == pattern.size();
  };
  constexpr std::string_view prefix = "model.";
  return matches(module) || (module.starts_with(prefix) && matches(module.substr(prefix.size())));
}

FormatConfig parseFormatConfig(std::string_view text, const std::string &file, TensorScales tensorScales) {
  FormatConfig config = {file, {}};
  Reader reader{config.file, tensorScales};
  toml::table table;
  try {
    table = toml::parse(text);
  } catch (const toml::parse_error &error) {
    std::string reason(error.description());
    std::replace(reason.begin(), reason.end(), '\n', ' ');
    fail("{}: {}", reader.at(error.source().begin), reason);
  }
  // toml++ sorts tables by key; the order that counts is the file's.
  using Place = std::pair<toml::source_index, toml::source_index>;
  std::vector<std::pair<Place, FormatRule>> rules;
  for (const auto &[key, node] : table) {
    const toml::source_position &begin = key.source().begin;
    rules.emplace_back(Place(begin.line, begin.column), reader.rule(key, node));
  }
  std::sort(rules.begin(), rules.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
  for (auto &[place, rule] : rules)
    config.rules.push_back(std::move(rule));
  return config;
}

FormatConfig readFormatConfig(const std::filesystem::path &file, TensorScales tensorScales) {
  return parseFormatConfig(readTextFile(file), file.string(), tensorScales);
}

FormatAssignment resolve(const FormatConfig &config, const std::vector<Slot> &slots) {
  checkPatterns(config, slots);
  FormatAssignment assignment;
  for (const Slot &slot : slots) {
    const FormatRule &rule = ruleOf(config, slot);
    const FormatChoices &choices = choicesOf(rule, slot.role);
    if (choices.size() > 1)
      fail("{}: '{}' lists {} formats for its {} (one, unless for a search)", rule.position, rule.pattern,
           choices.size(), nameOf(slot.role));
    assignment.push_back(choices.front());
  }
  return assignment;
}

std::vector<FormatChoices> resolveSpace(const FormatConfig &config, const std::vector<Slot> &slots) {
  checkPatterns(config, slots);
  std::vector<FormatChoices> choices;
  for (const Slot &slot : slots)
    choices.push_back(choicesOf(ruleOf(config, slot), slot.role));
  return choices;
}

std::vector<const Format *> linearOutputs(const FormatConfig &config, const std::vector<Slot> &slots) {
  std::vector<const Format *> outputs;
  for (const Slot &slot : slots) {
    if (slot.role != Role::weight)
      continue;
    const auto rule = std::find_if(config.rules.begin(), config.rules.end(), [&](const FormatRule &candidate) {
      return !candidate.output.empty() && matchesModule(candidate.pattern, slot.module);
    });
    outputs.push_back(rule == config.rules.end() ? nullptr : rule->output.front());
  }
  return outputs;
}

std::string writeFormatConfig(const FormatAssignment &assignment, const std::vector<Slot> &slots,
                              std::span<const Format *const> outputs) {
  assert(assignment.size() == slots.size() && slots.size() % 2 == 0);
  AverageBits average = averageBits(slots, assignment);
  std::ostringstream text;
  text << fmt::format("# The format of every tensor; average bits: {:.4f} (weights {:.4f}, activations {:.4f})\n",
                      average.all, average.weights, average.activations);
  for (size_t i = 0; i < slots.size(); i += 2) {
    assert(slots[i].role == Role::weight && slots[i + 1].role == Role::input);
    const Format *output = outputs.empty() ? nullptr : outputs[i / 2];
    text << fmt::format("\"{}\" = {{ weight = \"{}\", input = \"{}\"{} }}\n", slots[i].module, assignment[i]->name(),
                        assignment[i + 1]->name(), output ? fmt::format(", output = \"{}\"", output->name()) : "");
  }
  return text.str();
}

} // namespace mase
