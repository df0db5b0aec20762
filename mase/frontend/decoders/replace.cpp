// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/decoders/kinds.h"
#include "mase/frontend/text_pattern.h"

namespace mase {
namespace {

class Replace final : public Decoder {
  class Stream final : public WholeTokens {
  public:
    explicit Stream(const Replace &owner) : owner_(owner) {}

  private:
    void pushToken(std::string token, bool, const Next &next) override { next(owner_.bytesOf(token), true); }
    const Replace &owner_;
  };

public:
  explicit Replace(const JsonObject &step) : pattern_(step), content_(step.text("content")) {
    step.allowOnly({"type", "pattern", "content"});
  }
  std::unique_ptr<DecoderStream> stream() const override { return std::make_unique<Stream>(*this); }
  std::string bytesOf(std::string token) const override { return pattern_.replaced(token, content_); }

private:
  TextPattern pattern_;
  std::string content_;
};

} // namespace

std::unique_ptr<Decoder> readReplaceDecoder(const JsonObject &step) { return std::make_unique<Replace>(step); }

} // namespace mase
