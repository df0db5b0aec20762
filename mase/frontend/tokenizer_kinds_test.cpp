// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Every kind of part of a tokenizer.json: ids and texts equal those that Hugging Face's library recorded, over tiny
/// tokenizers of all kinds (scripts/record_tokenizer_kinds.py); streamed texts equal those decoded at once.
#include "mase/frontend/base64.h"
#include "mase/frontend/json.h"
#include "mase/frontend/refusals.h"
#include "mase/frontend/tokenizer.h"
#include "mase/support/mapped_file.h"

#include <fstream>
#include <gmock/gmock.h>

namespace mase {
namespace {

const std::filesystem::path folder = std::filesystem::path(MASE_SOURCE_DIR) / "mase/frontend/testdata/tokenizers";

Json read(const std::string &name) { return Json::parse(readTextFile(folder / name)); }

/// A merge patch, but an object with a type takes the other's place.
void patch(Json &base, const Json &change) {
  if (!change.is_object() || !base.is_object() || change.contains("type")) {
    base = change;
    return;
  }
  for (auto &[key, value] : change.items())
    if (value.is_null())
      base.erase(key);
    else
      patch(base[key], value);
}

std::string streamed(const Tokenizer &tokenizer, const std::vector<int32_t> &ids, SpecialTokens special) {
  StreamDecoder stream(tokenizer, special);
  std::string text;
  for (int32_t id : ids)
    text += stream.push(id);
  return text + stream.finish();
}

class TokenizerKinds : public testing::TestWithParam<const char *> {};

TEST_P(TokenizerKinds, EqualHuggingFace) {
  const Json recorded = read(std::string(GetParam()) + ".json");
  int cases = 0;
  for (auto &[name, record] : recorded.items()) {
    if (name == "what" || name == "base")
      continue;
    Json spec = recorded["base"];
    patch(spec, record["change"]);
    const Tokenizer tokenizer = Tokenizer::parse(name, spec.dump());
    for (const Json &example : record["cases"]) {
      SCOPED_TRACE(name + ": " + example[0].dump());
      const auto text = example[0].get<std::string>();
      const auto ids = example[1].get<std::vector<int32_t>>();
      EXPECT_EQ(tokenizer.encode(text), ids);
      EXPECT_EQ(tokenizer.encode(text, SpecialTokens::Omit), example[2].get<std::vector<int32_t>>());
      EXPECT_EQ(tokenizer.decode(ids), example[3].get<std::string>());
      EXPECT_EQ(streamed(tokenizer, ids, SpecialTokens::Keep), example[4].get<std::string>());
      ++cases;
    }
  }
  EXPECT_GE(cases, 50);
}
INSTANTIATE_TEST_SUITE_P(All, TokenizerKinds,
                         testing::Values("byte_level", "llama", "unigram", "word_level", "word_piece"),
                         [](auto &one) { return std::string(one.param); });

/// SentencePiece's own files, against SentencePiece itself.
TEST(SentencePiece, ItsFilesGiveItsIds) {
  const Json recorded = read("sentencepiece.json");
  const ScratchFolder scratch("pieces");
  for (const char *name : {"pieces", "words"}) {
    const std::filesystem::path file = scratch / (std::string(name) + ".model");
    std::ofstream(file, std::ios::binary) << fromBase64(recorded[name]["file"].get<std::string>()).value();
    const Tokenizer tokenizer = Tokenizer::read(file);
    EXPECT_EQ(tokenizer.prefix().size(), 1u);
    for (const Json &example : recorded[name]["cases"]) {
      SCOPED_TRACE(std::string(name) + ": " + example[0].dump());
      const auto ids = example[1].get<std::vector<int32_t>>();
      EXPECT_EQ(tokenizer.encode(example[0].get<std::string>(), SpecialTokens::Omit), ids);
      if (std::find(ids.begin(), ids.end(), 0) == ids.end()) { // SentencePiece prints unknown ones as " \u2047 "
        EXPECT_EQ(tokenizer.decode(ids), example[2].get<std::string>());
      }
    }
  }
}

} // namespace
} // namespace mase
