// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/tasks/questions.h"

#include "mase/frontend/refusals.h"
#include "mase/frontend/tasks/question_figures.h"
#include "mase/frontend/tasks/records.h"
#include "mase/frontend/tasks/template_task.h"

#include <cmath>
#include <fstream>
#include <gmock/gmock.h>

namespace mase {
namespace {
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

class QuestionsTest : public testing::Test {
protected:
  std::filesystem::path file(const std::string &name, const std::string &content) {
    std::ofstream(folder_ / name, std::ios::binary) << content;
    return folder_ / name;
  }
  std::vector<Question> read(const std::string &lines, const QuestionShape *shape = nullptr) {
    return readQuestions(file("data.jsonl", lines), shape, {});
  }
  std::string refusal(const std::string &lines) {
    return refusalOf([&] { read(lines); });
  }
  std::unique_ptr<QuestionShape> task(const std::string &toml) { return readTaskFile(file("task.toml", toml)); }
  std::string taskRefusal(const std::string &toml) {
    return refusalOf([&] { task(toml); });
  }
  ScratchFolder folder_{"questions"};
  const Tokenizer tokenizer_ = Tokenizer::read(std::filesystem::path(MASE_SOURCE_DIR) / "models/llama-stories-1m");
};

TEST_F(QuestionsTest, ShapesByTheirKeys) {
  const Question choice = read(R"({"query": "A?\n", "choices": ["x", "yes"], "gold": 1, "id": 7})").front();
  ASSERT_EQ(choice.choices.size(), 2);
  EXPECT_EQ(choice.gold, 1);
  // White space at the end of the context is the continuation's; an answer's bytes are its own.
  EXPECT_EQ(choice.choices[1].context, "A?");
  EXPECT_EQ(choice.choices[1].continuation, "\n yes");
  EXPECT_EQ(choice.choices[1].answerBytes, 3);
  EXPECT_THAT(choice.place, EndsWith("data.jsonl:1"));

  const Question schema = read(R"({"context_options": ["he", "she"], "continuation": "ran.", "gold": 0})").front();
  EXPECT_EQ(schema.choices[1].context + schema.choices[1].continuation, "she ran.");
  const Question end = read("\n"
                            R"({"context": "Once upon a", "continuation": "time"})")
                           .front();
  EXPECT_EQ(end.choices.size(), 1);
  EXPECT_THAT(end.place, EndsWith("data.jsonl:2"));
}

TEST_F(QuestionsTest, Records) {
  const auto table = readRecords(file("t.tsv", "sentence\tlabel\r\nthe film \t1\r\n\r\n\t0\r\n"));
  ASSERT_EQ(table.size(), 2);
  EXPECT_EQ(table[0].value, Json({{"sentence", "the film"}, {"label", "1"}}));
  EXPECT_EQ(table[1].value, Json({{"sentence", ""}, {"label", "0"}}));
  EXPECT_EQ(readRecords(file("t.jsonl", "{}\n{}\n{}"), 2).size(), 2);

  const auto refused = [&](const char *name, const std::string &content) {
    return refusalOf([&] { readRecords(file(name, content)); });
  };
  EXPECT_THAT(refused("t.tsv", "a\ta\n"), EndsWith("t.tsv:1: two columns have one name (each has its own)"));
  EXPECT_THAT(refused("t.tsv", "a\tb\n1\n"),
              EndsWith("t.tsv:2: has 1 cells between tabs, its table 2 columns (as many)"));
  EXPECT_THAT(refused("t.tsv", "a\tb\n1\t\xc3\n"), EndsWith("t.tsv:2: the line is not UTF-8 at byte 2"));
  EXPECT_THAT(refused("t.tsv", "a\tb\n"), EndsWith("t.tsv: holds no record (one in each line)"));
  EXPECT_THAT(refused("t.jsonl", "{}\n[]\n"), EndsWith("t.jsonl:2: is no JSON object (one in each line)"));
  EXPECT_THAT(refused("t.jsonl", "{\n"), HasSubstr("t.jsonl:1"));
}

TEST_F(QuestionsTest, Refusals) {
  EXPECT_THAT(refusal(R"({"question": "A?"})"),
              HasSubstr("data.jsonl:1: has the keys of no known question (query, choices, gold; context_options, "
                        "continuation, gold; context, continuation; or a task file of your own)"));
  EXPECT_THAT(refusal(R"({"query": "A?", "choices": ["x"], "gold": 0})"),
              HasSubstr("data.jsonl:1: choices has 1 texts (at least 2)"));
  EXPECT_THAT(refusal(R"({"query": "A?", "choices": ["x", 2], "gold": 0})"),
              HasSubstr("choices holds \"2\", which is no text (a list of texts)"));
  EXPECT_THAT(refusal(R"({"query": "A?", "choices": ["x", " \n"], "gold": 0})"),
              HasSubstr("data.jsonl:1: what is to be continued with is empty (a text)"));
  EXPECT_THAT(refusal(R"({"query": "A?", "choices": ["x", "y"], "gold": 2})"), HasSubstr("data.jsonl:1: gold"));
  // The first record says the shape of all.
  EXPECT_THAT(refusal(R"({"context": "A", "continuation": "b"})"
                      "\n"
                      R"({"query": "A?", "choices": ["x", "y"], "gold": 1})"),
              HasSubstr("data.jsonl:2: continuation is missing"));
}

TEST_F(QuestionsTest, TaskFiles) {
  const auto yesNo = task("query = \"{passage} {{{n}}}\"\nchoices = [\"no\", \"yes {n}\"]\ngold = \"answer\"\n"
                          "joiner = \"\\n\"\n");
  const Question question = read(R"({"passage": "P", "n": 3, "answer": true})", yesNo.get()).front();
  EXPECT_EQ(question.choices[1].context, "P {3}");
  EXPECT_EQ(question.choices[1].continuation, "\nyes 3");
  EXPECT_EQ(question.gold, 1);
  EXPECT_EQ(read(R"({"passage": "P", "n": 3, "answer": "yes 3"})", yesNo.get()).front().gold, 1);
  EXPECT_EQ(read(R"({"passage": "P", "n": 3, "answer": 0})", yesNo.get()).front().gold, 0);

  const auto letters =
      task("query = \"{q}\"\nchoices_from = \"options\"\ngold = \"key\"\nlabels = [\"A\", \"B\", \"C\"]\n");
  EXPECT_EQ(read(R"({"q": "Q", "options": ["x", "y"], "key": "B"})", letters.get()).front().gold, 1);
  const auto last = task("query = \"{text}\"\ncontinuation = \"{word}\"\n");
  EXPECT_EQ(read(R"({"text": "Q", "word": "w"})", last.get()).front().choices.size(), 1);

  EXPECT_THAT(refusalOf([&] { read(R"({"q": "Q", "options": ["x", "y"], "key": "C"})", letters.get()); }),
              HasSubstr("data.jsonl:1: field 'key' is \"C\", which is none of the 2 choices (a number from 0, a "
                        "choice's text, or labels in the task file)"));
  EXPECT_THAT(refusalOf([&] { read(R"({"text": "Q", "words": "w"})", last.get()); }),
              HasSubstr("data.jsonl:1: has no field 'word' (did you mean 'words'?"));
  EXPECT_THAT(refusalOf([&] { read(R"({"text": [], "word": "w"})", last.get()); }),
              HasSubstr("data.jsonl:1: field 'text' is a list or an object (a text, a number or a truth value)"));
}

TEST_F(QuestionsTest, FaultyTaskFiles) {
  const std::string query = "query = \"{q}\"\n";
  EXPECT_THAT(taskRefusal("\nquery = \"a { b\"\ncontinuation = \"c\""),
              HasSubstr("task.toml:2:9: \"a { b\" has a brace without its other (double the braces that are text)"));
  EXPECT_THAT(taskRefusal(query + "continuation = \"}\""), HasSubstr("task.toml:2:16: \"}\" has a brace"));
  EXPECT_THAT(taskRefusal(query + "continuation = \"{}\""), HasSubstr("\"{}\" has braces without a field's name"));
  EXPECT_THAT(taskRefusal(query + "choices = [\"a\"]\ngold = \"g\""),
              HasSubstr("task.toml:2:11: 'choices' lists 1 texts (at least 2)"));
  EXPECT_THAT(taskRefusal(query + "choices = [\"a\", \"b\"]\ngold = \"g\"\nlabels = [\"0\"]"),
              HasSubstr("task.toml:4:10: 'labels' lists 1 for 2 choices (one for each)"));
  EXPECT_THAT(taskRefusal(query + "continuation = \"x\"\ngold = \"g\""),
              HasSubstr("task.toml:3:1: unknown key 'gold'"));
  EXPECT_THAT(taskRefusal("continuation = \"x\""), HasSubstr("key 'query' is missing"));
}

TEST_F(QuestionsTest, Sst2AsAQuestion) {
  const auto shape = sst2Prompt();
  const auto read = [&](const char *label) {
    return readQuestions(file("s.tsv", std::string("sentence\tlabel\nthe film \t") + label + "\n"), shape.get(), {});
  };
  EXPECT_EQ(read("1").front().choices[1].context,
            "the film\nQuestion: Is this sentence positive or negative?\nAnswer:");
  EXPECT_EQ(read("1").front().choices[1].continuation, " positive");
  EXPECT_EQ(read("1").front().gold, 1);
  EXPECT_THAT(refusalOf([&] { read("2"); }), HasSubstr("s.tsv:2: label is \"2\" (0: negative, 1: positive)"));
}

TEST_F(QuestionsTest, Encoded) {
  const EncodedQuestions encoded =
      encodeQuestions(tokenizer_, read(R"({"context": "Once upon a", "continuation": "time, Lily"})"), 512);
  const ScoreRequest &request = encoded.groups[0][0];
  // What the tokenizer puts in front is there, what it may put behind is not.
  const std::vector<int32_t> whole = tokenizer_.encode("Once upon a time, Lily", SpecialTokens::Omit);
  const auto special = std::ssize(tokenizer_.prefix());
  EXPECT_EQ(std::ssize(request.ids), special + std::ssize(whole));
  EXPECT_EQ(request.first, special + std::ssize(tokenizer_.encode("Once upon a", SpecialTokens::Omit)));
  EXPECT_EQ(encoded.longest, std::ssize(request.ids) - 1);
  EXPECT_EQ(encoded.goldBytes, 11);
  EXPECT_EQ(encoded.bytes[0][0], 10);
  EXPECT_EQ(encoded.truncated, 0);

  // A context that is too long loses its front.
  const int64_t scored = request.scored();
  const EncodedQuestions cut =
      encodeQuestions(tokenizer_, read(R"({"context": "Once upon a", "continuation": "time, Lily"})"), scored);
  EXPECT_EQ(cut.truncated, 1);
  EXPECT_EQ(cut.longest, scored);
  EXPECT_EQ(cut.groups[0][0].first, 1);
  EXPECT_TRUE(std::equal(cut.groups[0][0].ids.rbegin(), cut.groups[0][0].ids.rend(), request.ids.rbegin()));
  EXPECT_THAT(refusalOf([&] {
                encodeQuestions(tokenizer_, read(R"({"context": "Once upon a", "continuation": "time, Lily"})"),
                                scored - 1);
              }),
              HasSubstr(fmt::format("data.jsonl:1: a continuation has {} tokens (at most {})", scored, scored - 1)));
  // Without anything in front, and without a token that begins texts, nothing foresees the first one.
  const Tokenizer bare = Tokenizer::parse("bare", R"({"version": "1.0", "truncation": null, "padding": null,
    "added_tokens": [], "normalizer": null, "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false,
    "trim_offsets": true, "use_regex": true}, "post_processor": null, "decoder": {"type": "ByteLevel"},
    "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
    "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "vocab": {"a": 0, "b": 1}, "merges": []}})");
  Question first;
  first.choices = {{"", "ab", 2}};
  first.place = "x:1";
  EXPECT_THAT(refusalOf([&] { encodeQuestions(bare, {first}, 8); }),
              HasSubstr("x:1: nothing stands in front of the first token that is scored (a context, or a tokenizer "
                        "that begins texts)"));
  first.choices = {{"a", "c", 1}};
  EXPECT_THAT(refusalOf([&] { encodeQuestions(bare, {first}, 8); }), HasSubstr("x:1: cannot be encoded: "));
}

TEST(QuestionFiguresTest, AccuraciesAndErrors) {
  EncodedQuestions questions;
  const auto text = [](int64_t scored) {
    return ScoreRequest{std::vector<int32_t>(static_cast<size_t>(scored + 1)), 1};
  };
  questions.groups = {{text(1), text(4)}, {text(1), text(2)}, {text(2), text(2)}};
  questions.gold = {1, 0, 1};
  questions.bytes = {{4, 5}, {2, 3}, {4, 4}};
  questions.goldBytes = 11;
  // Raw: 0, 0, 0 (of equals the first); by bytes: 0, 1, 0; by tokens: 1, 1, 0.
  const std::vector<std::vector<Score>> scores = {
      {{-4, false}, {-8, false}}, {{-4, false}, {-5, false}}, {{-1, true}, {-1, true}}};
  const QuestionFigures figures = figuresOf(questions, scores);
  EXPECT_TRUE(figures.hasChoices);
  EXPECT_THAT(figures.answers, ElementsAre(0, 0, 0));
  EXPECT_DOUBLE_EQ(figures.accuracy.value, 1.0 / 3);
  EXPECT_DOUBLE_EQ(figures.accuracy.error, std::sqrt(2.0 / 9 / 2)); // p (1 - p) / (n - 1)
  EXPECT_DOUBLE_EQ(figures.byBytes.value, 0.0);
  EXPECT_DOUBLE_EQ(figures.byTokens.value, 1.0 / 3);
  EXPECT_DOUBLE_EQ(figures.loss.value, 13.0 / 3);
  EXPECT_DOUBLE_EQ(figures.bitsPerByte, 13.0 / 11 / std::log(2.0));
  EXPECT_EQ(figures.tokens, 12);

  questions.groups = {{text(2)}};
  questions.gold = {0};
  questions.bytes = {{3}};
  const QuestionFigures one = figuresOf(questions, {{{-2, true}}});
  EXPECT_FALSE(one.hasChoices);
  EXPECT_EQ(one.accuracy.value, 1);
  EXPECT_TRUE(std::isnan(one.accuracy.error));
}

} // namespace
} // namespace mase
