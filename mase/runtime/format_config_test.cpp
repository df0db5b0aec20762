// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/format_config.h"

#include "mase/formats/registry.h"
#include "mase/support/error.h"
#include "mase/support/random.h"

#include <gmock/gmock.h>

namespace mase {
namespace {
using testing::HasSubstr;

std::vector<Slot> slotsOf(const std::vector<std::string> &modules) {
  std::vector<Slot> slots;
  for (const std::string &module : modules)
    for (Role role : {Role::weight, Role::input})
      slots.push_back({module, module.substr(module.rfind('.') + 1), 0, role, role == Role::weight ? 4096 : 64});
  return slots;
}

const std::vector<Slot> slots = slotsOf(
    {"model.layers.0.self_attn.q_proj", "model.layers.0.mlp.down_proj", "model.layers.1.mlp.down_proj", "lm_head"});

std::vector<std::string> names(const FormatAssignment &assignment) {
  std::vector<std::string> names;
  for (const Format *format : assignment)
    names.push_back(format->name());
  return names;
}

std::string errorOf(std::string_view text, bool space = false) {
  try {
    FormatConfig config = parseFormatConfig(text, "f.toml");
    if (space)
      resolveSpace(config, slots);
    else
      resolve(config, slots);
  } catch (const InputError &error) {
    return error.what();
  }
  return "";
}

TEST(FormatConfig, TheFirstRuleThatSpeaksOfATensorWins) {
  FormatConfig config = parseFormatConfig(R"(
"layers.1.*" = { weight = "mxint2" }
"layers.*.mlp.down_proj" = { weight = "mxint3", input = "mxint6", output = "mxint7" }
"a*" = { input = "mxint8" }
lm_head = { input = "mxint8" }
"*" = { weight = "mxint4", input = "mxint5" }
)",
                                          "f.toml");
  config.rules.erase(config.rules.begin() + 2); // "a*", which sorts first in a table, and matches nothing
  EXPECT_EQ(names(resolve(config, slots)),
            (std::vector<std::string>{"mxint4", "mxint5", "mxint3", "mxint6", "mxint2", "mxint6", "mxint4", "mxint8"}));
  EXPECT_EQ(config.rules[0].position, "f.toml:2:1");
}

TEST(FormatConfig, PatternsMatchTheWholeNameWithOrWithoutModel) {
  const char *module = "model.layers.10.mlp.down_proj";
  for (const char *pattern : {"*", "model.*", "layers.10.mlp.down_proj", "layers.*.down_proj", "*down*",
                              "layers.1*.mlp.*", "model.layers.10.mlp.down_proj", "**", "*.*.*.*", "l*.mlp.*j"})
    EXPECT_TRUE(matchesModule(pattern, module)) << pattern;
  for (const char *pattern : {"", "layers", "layers.1.*", "*.up_proj", "down_proj", "model.model.*", "layers.*.mlp",
                              "layers.10.mlp.down_proj.*", "layer?.*"})
    EXPECT_FALSE(matchesModule(pattern, module)) << pattern;
}

TEST(FormatConfig, WhatIsWrittenResolvesToTheSame) {
  Random random(1);
  for (int i = 0; i < 20; ++i) {
    FormatAssignment assignment;
    for (size_t slot = 0; slot < slots.size(); ++slot)
      assignment.push_back(&parseFormat(fmt::format("mxint{}", 2 + random.below(7))));
    std::string text = writeFormatConfig(assignment, slots);
    EXPECT_EQ(resolve(parseFormatConfig(text, "f.toml"), slots), assignment) << text;
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 5);
    EXPECT_TRUE(text.starts_with("# The format of every tensor; average bits: "));
  }
}

TEST(FormatConfig, ASpaceHasLists) {
  FormatConfig config = parseFormatConfig(R"(
lm_head = { weight = ["mxint2", "mxint3", "mxint2"] }
"*" = { weight = "mxint4", input = ["mxint4", "mxint6"] }
)",
                                          "f.toml");
  std::vector<FormatChoices> choices = resolveSpace(config, slots);
  ASSERT_EQ(choices.size(), slots.size());
  EXPECT_EQ(names(choices[0]), (std::vector<std::string>{"mxint4"}));
  EXPECT_EQ(names(choices[1]), (std::vector<std::string>{"mxint4", "mxint6"}));
  EXPECT_EQ(names(choices[6]), (std::vector<std::string>{"mxint2", "mxint3"}));
}

TEST(FormatConfig, Errors) {
  EXPECT_THAT(errorOf("\"*\" = { weight = \"mxint4\" "), HasSubstr("f.toml:1:"));
  EXPECT_THAT(errorOf("a = 1\na = 2"), HasSubstr("f.toml:2:5: "));
  EXPECT_THAT(errorOf("\"*\" = {\n}\nlm_head = 4"), HasSubstr("f.toml:"));
  EXPECT_EQ(errorOf("lm_head = 4"),
            "f.toml:1:1: 'lm_head' has no table of formats ({ weight = \"mxint4\", input = \"mxint4\" })");
  EXPECT_THAT(errorOf("\"*\" = { weight = \"mxint4\", input = \"float7\" }"),
              HasSubstr("f.toml:1:36: format 'float7' does not exist (known: "));
  const char *noTensor = "' is no tensor of a module (weight, input, output, table; a pattern with dots needs quotes)";
  EXPECT_EQ(errorOf("\n\"*\" = { weights = \"mxint4\" }"), std::string("f.toml:2:9: 'weights") + noTensor);
  EXPECT_THAT(errorOf("layers.0.mlp = { weight = \"mxint4\" }"), HasSubstr("'0' is no tensor of a module"));
  EXPECT_EQ(errorOf("\"*\" = { weight = 4 }"),
            "f.toml:1:18: is not a format's name (such as \"mxint4\", or a list of names)");
  EXPECT_THAT(errorOf("\"*\" = { weight = [\"mxint4\", 5] }"), HasSubstr("f.toml:1:29: is not a format's name"));
  EXPECT_EQ(errorOf("\"*\" = { weight = [] }"), "f.toml:1:18: is an empty list (at least one format)");
  EXPECT_EQ(errorOf("\"*\" = { weight = \"mxint4\", input = \"mxint4\" }\n\"layers.7.*\" = { weight = \"mxint4\" }"),
            "f.toml:2:1: 'layers.7.*' matches no module (the first is 'model.layers.0.self_attn.q_proj')");
  EXPECT_EQ(errorOf("\"*\" = { weight = \"mxint4\" }\nlm_head = { input = \"mxint4\" }"),
            "f.toml: no pattern gives the input of 'model.layers.0.self_attn.q_proj' a format (end with \"*\" = { "
            "weight = ..., input = ... })");
  EXPECT_EQ(errorOf("\"*\" = { weight = [\"mxint4\", \"mxint5\"], input = \"mxint4\" }"),
            "f.toml:1:1: '*' lists 2 formats for its weight (one, unless for a search)");
  EXPECT_EQ(errorOf("\"*\" = { weight = [\"mxint4\", \"mxint5\"], input = \"mxint4\" }", true), "");
}

} // namespace
} // namespace mase
