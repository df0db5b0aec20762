// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Ids and texts equal those that Hugging Face's library recorded, over variants of the story model's tokenizer.
#include "mase/frontend/json.h"
#include "mase/frontend/tokenizer.h"
#include "mase/support/mapped_file.h"

#include <gmock/gmock.h>

namespace mase {
namespace {

const std::filesystem::path root = MASE_SOURCE_DIR;

/// The story model's tokenizer.json with some of its parts replaced.
Tokenizer changed(const Json &change) {
  Json spec = Json::parse(readTextFile(root / "models/llama-stories-1m/tokenizer.json"));
  for (auto &[key, value] : change.items())
    (key == "ignore_merges" ? spec["model"][key] : spec[key]) = value;
  return Tokenizer::parse("tokenizer.json", spec.dump());
}

TEST(TokenizerCases, EqualHuggingFace) {
  Json recorded = Json::parse(readTextFile(root / "mase/frontend/testdata/tokenizer_cases.json"));
  int cases = 0;
  for (auto &[name, record] : recorded.items()) {
    if (name == "what")
      continue;
    Tokenizer tokenizer = changed(record["change"]);
    for (const Json &example : record["cases"]) {
      auto text = example[0].get<std::string>();
      auto ids = example[1].get<std::vector<int32_t>>();
      SCOPED_TRACE(name + ": " + example[0].dump());
      EXPECT_EQ(tokenizer.encode(text), ids);
      EXPECT_EQ(tokenizer.encode(text, SpecialTokens::Omit), example[2].get<std::vector<int32_t>>());
      EXPECT_EQ(tokenizer.decode(ids), example[3].get<std::string>());

      StreamDecoder stream(tokenizer);
      std::string joined;
      for (int32_t id : ids)
        joined += stream.push(id);
      EXPECT_EQ(joined + stream.finish(), example[3].get<std::string>());
      ++cases;
    }
  }
  EXPECT_GE(cases, 300);
}

} // namespace
} // namespace mase
