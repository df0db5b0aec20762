// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/labelled_texts.h"

#include "mase/frontend/refusals.h"

#include <fstream>
#include <gmock/gmock.h>

namespace mase {
namespace {
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

class LabelledTextsTest : public testing::Test {
protected:
  LabelledTexts read(const std::string &content, int64_t classes = 2, int64_t maxPositions = 8) {
    const auto file = folder_ / "texts.tsv";
    std::ofstream(file, std::ios::binary) << content;
    return readLabelledTexts(tokenizer_, file, classes, maxPositions);
  }
  std::string refusal(const std::string &content) {
    return refusalOf([&] { read(content); });
  }
  ScratchFolder folder_{"labelled"};
  const Tokenizer tokenizer_ = Tokenizer::read(std::filesystem::path(MASE_SOURCE_DIR) / "models/bert-tiny");
};

TEST_F(LabelledTextsTest, ReadsTextsAndClasses) {
  for (const char *file : {"sentence\tlabel\nthe film \t1\nbad .\t0\n", "text\tlabel\nthe film\t1\n bad .\t0",
                           "sentence\tlabel\r\nthe film\t1\r\nbad .\t0\r\n"}) {
    const LabelledTexts texts = read(file);
    ASSERT_EQ(texts.count(), 2);
    EXPECT_EQ(texts.ids[0], tokenizer_.encode("the film"));
    EXPECT_EQ(texts.ids[1], tokenizer_.encode("bad ."));
    EXPECT_THAT(texts.labels, ElementsAre(1, 0));
    EXPECT_EQ(texts.longest, 4);
  }
  EXPECT_THAT(read("sentence\tlabel\nfilm\t2\n", 3).labels, ElementsAre(2));
}

TEST_F(LabelledTextsTest, Refusals) {
  EXPECT_THAT(
      refusal("index\tsentence\n"),
      EndsWith(
          "texts.tsv: the first line is \"index\\tsentence\" (\"sentence\", a tab and \"label\", as GLUE has it)"));
  EXPECT_THAT(refusal("sentence\tlabel\n"), HasSubstr("holds no text (a sentence, a tab and its class in each line)"));
  EXPECT_THAT(refusal("sentence\tlabel\nfilm\t1\nfilm\n"),
              HasSubstr("texts.tsv:3: \"film\" does not end in a tab and a class of the model (0 to 1)"));
  for (const char *label : {"2", "-1", "", "positive", "1 ", "0\t1"}) // GLUE's test.tsv has the text second
    EXPECT_THAT(refusal(std::string("sentence\tlabel\nfilm\t") + label + "\n"), HasSubstr("texts.tsv:2: ")) << label;
  EXPECT_THAT(refusal("sentence\tlabel\n  \t1\n"),
              HasSubstr("texts.tsv:2: the text is empty (a sentence, a tab and its class)"));
  EXPECT_THAT(refusal("sentence\tlabel\na b c d e f g\t1\n"), HasSubstr("texts.tsv:2: the text has 9 tokens (1 to 8)"));
  EXPECT_THAT(refusal("sentence\tlabel\na\xc3\t1\n"), HasSubstr("texts.tsv:2: the text is not UTF-8 at byte 1"));
}

} // namespace
} // namespace mase
