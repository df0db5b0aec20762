// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/decoders/decoder.h"

#include "mase/frontend/decoders/kinds.h"
#include "mase/support/error.h"

#include <fmt/ranges.h>
#include <utility>

namespace mase {
namespace {

struct Kind {
  std::string_view name;
  std::unique_ptr<Decoder> (*read)(const JsonObject &step);
};
constexpr Kind kinds[] = {
    {"ByteFallback", readByteFallback},  {"ByteLevel", readByteLevelDecoder}, {"Fuse", readFuse},
    {"Metaspace", readMetaspaceDecoder}, {"Replace", readReplaceDecoder},     {"Strip", readStripDecoder},
    {"WordPiece", readWordPieceDecoder},
};

/// Where the file has no decoder.
class Spaces final : public Decoder {
  class Stream final : public WholeTokens {
    void pushToken(std::string token, bool isFirst, const Next &next) override {
      next(isFirst ? token : " " + token, true);
    }
  };

public:
  std::unique_ptr<DecoderStream> stream() const override { return std::make_unique<Stream>(); }
};

} // namespace

void WholeTokens::push(std::string_view part, bool endsToken, const Next &next) {
  held_ += part;
  if (endsToken)
    pushToken(std::exchange(held_, {}), std::exchange(isFirst_, false), next);
}

Decoders::Decoders(const JsonObject &tokenizer) {
  if (tokenizer.find("decoder"))
    read(tokenizer.object("decoder"));
  else
    steps_.push_back(std::make_unique<Spaces>());
}

void Decoders::read(const JsonObject &step) {
  const std::string type = step.text("type");
  if (type == "Sequence") {
    step.allowOnly({"type", "decoders"});
    for (const Json &inner : step.array("decoders"))
      read(JsonObject(step.file(), inner, step.nameOf("decoders[].")));
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
  fail("{}: decoder {} is not read (read: {}, Sequence)", step.file(), inQuotes(type), fmt::join(names, ", "));
}

std::string Decoders::bytesOf(std::string token) const {
  for (const auto &step : steps_)
    token = step->bytesOf(std::move(token));
  return token;
}

Decoders::Run::Run(const Decoders &decoders) {
  for (const auto &step : decoders.steps_)
    streams_.push_back(step->stream());
}

void Decoders::Run::pass(size_t stage, std::string_view part, bool endsToken) {
  if (stage == streams_.size())
    text_ += part;
  else
    streams_[stage]->push(part, endsToken, [this, stage](std::string_view p, bool ends) { pass(stage + 1, p, ends); });
}

std::string Decoders::Run::push(std::string_view token) {
  pass(0, token, true);
  return std::exchange(text_, {});
}

std::string Decoders::Run::finish() {
  for (size_t stage = 0; stage < streams_.size(); ++stage)
    streams_[stage]->finish([this, stage](std::string_view p, bool ends) { pass(stage + 1, p, ends); });
  return std::exchange(text_, {});
}

} // namespace mase
