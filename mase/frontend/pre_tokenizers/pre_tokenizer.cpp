// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/pre_tokenizers/pre_tokenizer.h"

#include "mase/frontend/pre_tokenizers/kinds.h"
#include "mase/support/error.h"

#include <fmt/ranges.h>

namespace mase {
namespace {

struct Kind {
  std::string_view name;
  std::unique_ptr<PreTokenizer> (*read)(const JsonObject &step);
};
constexpr Kind kinds[] = {
    {"BertPreTokenizer", readBertPreTokenizer},
    {"ByteLevel", readByteLevelPreTokenizer},
    {"CharDelimiterSplit", readCharDelimiterSplit},
    {"Digits", readDigits},
    {"Metaspace", readMetaspacePreTokenizer},
    {"Punctuation", readPunctuation},
    {"Split", readSplit},
    {"Whitespace", readWhitespace},
    {"WhitespaceSplit", readWhitespaceSplit},
};

} // namespace

PreTokenizers::PreTokenizers(const JsonObject &tokenizer) {
  if (tokenizer.find("pre_tokenizer"))
    read(tokenizer.object("pre_tokenizer"));
}

void PreTokenizers::read(const JsonObject &step) {
  const std::string type = step.text("type");
  if (type == "Sequence") {
    step.allowOnly({"type", "pretokenizers"});
    for (const Json &inner : step.array("pretokenizers"))
      read(JsonObject(step.file(), inner, step.nameOf("pretokenizers[].")));
    return;
  }
  std::vector<std::string_view> names;
  for (const Kind &kind : kinds) {
    if (kind.name == type) {
      steps_.push_back(kind.read(step));
      return;
    }
    names.push_back(kind.name);
  }
  fail("{}: pre-tokenizer {} is not read (read: {}, Sequence)", step.file(), inQuotes(type), fmt::join(names, ", "));
}

void PreTokenizers::forEachWord(TextPiece text, Regex::Scratch &scratch,
                                const std::function<void(std::string_view)> &onWord) const {
  // The sink behind each step; the first is in front of all.
  std::vector<PreTokenizer::Sink> sinks(steps_.size() + 1);
  struct Chain {
    const PreTokenizers &all;
    Regex::Scratch &scratch;
    std::vector<PreTokenizer::Sink> &sinks;
  } chain{*this, scratch, sinks};
  for (size_t i = 0; i < steps_.size(); ++i)
    sinks[i] = [&chain, i](TextPiece piece) {
      if (!piece.text.empty())
        chain.all.steps_[i]->cut(piece, chain.scratch, chain.sinks[i + 1]);
    };
  sinks.back() = [&onWord](TextPiece piece) {
    if (!piece.text.empty())
      onWord(piece.text);
  };
  sinks.front()(text);
}

} // namespace mase
