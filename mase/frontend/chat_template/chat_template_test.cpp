// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Chat templates: the texts that Jinja recorded (scripts/record_chat_templates.py), and what is refused, with its
/// place.
#include "mase/frontend/chat_template/chat_template.h"

#include "mase/frontend/chat_template/conversation.h"
#include "mase/frontend/refusals.h"
#include "mase/support/mapped_file.h"

#include <fstream>
#include <gmock/gmock.h>

namespace mase {
namespace {
using testing::HasSubstr;

std::vector<ChatMessage> messagesOf(const Json &list) {
  std::vector<ChatMessage> messages;
  for (const Json &one : list)
    messages.push_back({one["role"], one["content"]});
  return messages;
}

TEST(ChatTemplate, EqualsJinja) {
  const Json recorded =
      Json::parse(readTextFile(std::filesystem::path(MASE_SOURCE_DIR) / "mase/frontend/testdata/chat_templates.json"));
  int cases = 0;
  for (auto &[name, record] : recorded.items()) {
    if (name == "what")
      continue;
    const ChatTemplate chat(name, record[0].get<std::string>());
    for (const Json &example : record[1]) {
      SCOPED_TRACE(name + ": " + example[0].dump());
      std::string text;
      const std::string said = refusalOf([&] {
        text =
            chat.render(messagesOf(example[0]), example[1].get<bool>(), {{"bos_token", "<s>"}, {"eos_token", "</s>"}});
      });
      if (example[2].is_null()) {
        EXPECT_THAT(said, HasSubstr("the chat template refuses these messages: "));
      } else {
        EXPECT_EQ(said, "accepted");
        EXPECT_EQ(text, example[2].get<std::string>());
      }
      ++cases;
    }
  }
  EXPECT_GE(cases, 90);
}

std::string refusal(const std::string &text) {
  return refusalOf([&] { (void)ChatTemplate("t", text).render({{"user", "hi"}}, true, {}); });
}

TEST(ChatTemplate, RefusesWithLineAndColumn) {
  EXPECT_EQ(refusal("a\n{% macro x() %}"), "t:2:4: chat template: \"macro\" is not read here");
  EXPECT_EQ(refusal("{% if true %}"), "t:1:14: chat template: the end is not read here");
  EXPECT_EQ(refusal("{{ {'a': 1} }}"), "t:1:4: chat template: \"{\" is not read here");
  EXPECT_EQ(refusal("{% break %}"), "t:1:4: chat template: \"break\" is not read here");
  EXPECT_EQ(refusal("{{ 'a }}"), "t:1:4: chat template: the string has no end");
  EXPECT_EQ(refusal("{{ a"), "t:1:1: chat template: the tag has no end");
  EXPECT_EQ(refusal("{# a"), "t:1:1: chat template: the comment has no end");
  EXPECT_EQ(refusal("{{ ? }}"), "t:1:4: chat template: a character that begins nothing");
  EXPECT_EQ(refusal("{{ 1234567890123456 }}"), "t:1:4: chat template: the number 1234567890123456 is out of range");
  EXPECT_THAT(refusal("{{ " + std::string(100, '(') + " }}"), HasSubstr("chat template: nested more than 64 deep"));
  std::string chain = "{{ a";
  for (int i = 0; i < 100; ++i)
    chain += ".a";
  EXPECT_THAT(refusal(chain + " }}"), HasSubstr("chat template: a chain of more than 64 members"));
  EXPECT_EQ(refusal("{{ 1 | sum }}"), "t:1:6: chat template: the filter \"sum\" is not read");
  EXPECT_EQ(refusal("{{ 1 is odd }}"), "t:1:6: chat template: the test \"odd\" is not read");
  EXPECT_EQ(refusal("{{ 'a'.zfill(2) }}"), "t:1:13: chat template: the method \"zfill\" is not read");
  EXPECT_EQ(refusal("{{ 'a' + 1 }}"), "t:1:8: chat template: the operator + is given a value of the wrong kind");
  EXPECT_EQ(refusal("{{ x.y }}"), "t:1:5: chat template: a member of something that is not there");
  EXPECT_EQ(refusal("{{ f() }}"),
            "t:1:5: chat template: a function that is not known (known: namespace, raise_exception, range)");
  EXPECT_EQ(refusal("{% set a.b = 1 %}"), "t:1:1: chat template: only members of a namespace are set");
  EXPECT_EQ(refusal("{% for a, b in messages %}{% endfor %}"),
            "t:1:1: chat template: a loop over several names wants lists of as many");
  EXPECT_THAT(refusal("{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}"),
              HasSubstr("chat template: goes on without an end"));
  EXPECT_THAT(refusal("{% set n = namespace(a='x') %}{% for i in range(40) %}{% set n.a = n.a + n.a %}{% endfor %}"),
              HasSubstr("chat template: a value of more than 16 million characters or elements"));
  EXPECT_THAT(refusal("{% set n = namespace(a=1) %}{% for i in range(99) %}{% set n.a = [n.a] %}{% endfor %}"),
              HasSubstr("chat template: a list that is too deep or too long"));
  EXPECT_EQ(refusal("{{ raise_exception('no') }}"), "t: the chat template refuses these messages: \"no\"");
}

class ChatSources : public testing::Test {
protected:
  void write(const char *name, const std::string &text) { std::ofstream(folder_ / name) << text; }
  ScratchFolder folder_{"chat"};
};

TEST_F(ChatSources, InTheOrderThatTheyCount) {
  EXPECT_FALSE(readChatSource(folder_.path()).has_value());
  write("tokenizer_config.json", R"({"chat_template": [{"name": "tool_use", "template": "x"}]})");
  EXPECT_THAT(refusalOf([&] { readChatSource(folder_.path()); }),
              HasSubstr("tokenizer_config.json: chat_template has none that is named default"));
  write("tokenizer_config.json", R"({"chat_template": [{"name": "tool_use", "template": "x"},
    {"name": "default", "template": "y"}], "bos_token": "<s>", "eos_token": {"content": "</s>"}})");
  std::optional<ChatSource> found = readChatSource(folder_.path());
  EXPECT_EQ(found->text, "y");
  EXPECT_EQ(found->names[1].second, "</s>");
  write("tokenizer_config.json", R"({"chat_template": "z"})");
  EXPECT_EQ(readChatSource(folder_.path())->text, "z");
  write("chat_template.jinja", "j");
  EXPECT_EQ(readChatSource(folder_.path())->text, "j");
}

TEST(Conversation, KeepsItsTurnsAndKnowsTheirEnd) {
  const Tokenizer tokenizer = Tokenizer::read(std::filesystem::path(MASE_SOURCE_DIR) / "models/llama-stories-1m");
  const ChatSource source = {
      "t",
      "{% for m in messages %}{{ bos_token + m.role + ':' + m.content + eos_token }}{% endfor %}",
      {{"bos_token", "<s>"}, {"eos_token", "</s>"}}};
  Conversation conversation(source, tokenizer, "be kind");
  conversation.ask("hello");
  conversation.answer("hi");
  EXPECT_EQ(tokenizer.decode(conversation.ask("bye"), SpecialTokens::Keep),
            "<s>system:be kind</s><s>user:hello</s><s>assistant:hi</s><s>user:bye</s>");
  EXPECT_EQ(conversation.endOfTurn(), 2);
}

} // namespace
} // namespace mase
