// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/metaspace.h"

#include "mase/frontend/decoders/kinds.h"

namespace mase {
namespace {

std::string replaced(std::string_view text, std::string_view what, std::string_view by) {
  std::string result;
  size_t reached = 0;
  for (size_t at = 0; (at = text.find(what, at)) != std::string_view::npos; reached = at += what.size())
    result.append(text.substr(reached, at - reached)).append(by);
  return result.append(text.substr(reached));
}

/// The first token's marks go where the tokenizer put one in front of the text.
class Stream final : public DecoderStream {
public:
  explicit Stream(const Metaspace &options) : options_(options) {}
  void push(std::string_view part, bool endsToken, const Next &next) override {
    const bool drops = isFirst_ && options_.prepends != Metaspace::Prepends::Never;
    next(replaced(part, options_.replacement, drops ? "" : " "), endsToken);
    isFirst_ = isFirst_ && !endsToken;
  }

private:
  const Metaspace &options_;
  bool isFirst_ = true;
};

class MetaspaceText final : public Decoder {
public:
  explicit MetaspaceText(Metaspace options) : options_(std::move(options)) {}
  std::unique_ptr<DecoderStream> stream() const override { return std::make_unique<Stream>(options_); }
  std::string bytesOf(std::string token) const override { return replaced(token, options_.replacement, " "); }

private:
  Metaspace options_;
};

} // namespace

std::unique_ptr<Decoder> readMetaspaceDecoder(const JsonObject &step) {
  return std::make_unique<MetaspaceText>(readMetaspace(step));
}

} // namespace mase
