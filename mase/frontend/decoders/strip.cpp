// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/decoders/kinds.h"
#include "mase/frontend/utf8.h"
#include "mase/support/error.h"

#include <utility>

namespace mase {
namespace {

class Strip final : public Decoder {
  class Stream final : public DecoderStream {
  public:
    explicit Stream(const Strip &owner) : owner_(owner) {}
    void push(std::string_view part, bool endsToken, const Next &next) override {
      const std::string &what = owner_.content_;
      while (cut_ < owner_.start_ && part.starts_with(what)) {
        part.remove_prefix(what.size());
        ++cut_;
      }
      if (!part.empty())
        cut_ = owner_.start_; // something else stands in front
      // Only an end tells which characters are the last: with those to be cut, the token waits for it.
      held_ += part;
      if (endsToken) {
        for (int64_t i = 0; i < owner_.stop_ && held_.ends_with(what); ++i)
          held_.resize(held_.size() - what.size());
        cut_ = 0;
      }
      if (endsToken || owner_.stop_ == 0)
        next(std::exchange(held_, {}), endsToken);
    }

  private:
    const Strip &owner_;
    std::string held_;
    int64_t cut_ = 0;
  };

public:
  explicit Strip(const JsonObject &step)
      : content_(step.text("content")), start_(step.integer("start", 0, 1 << 20)),
        stop_(step.integer("stop", 0, 1 << 20)) {
    step.allowOnly({"type", "content", "start", "stop"});
    if (countCodePoints(content_) != 1)
      fail("{}: {} {} is not a single character", step.file(), step.nameOf("content"), inQuotes(content_));
  }
  std::unique_ptr<DecoderStream> stream() const override { return std::make_unique<Stream>(*this); }

private:
  std::string content_;
  int64_t start_, stop_;
};

} // namespace

std::unique_ptr<Decoder> readStripDecoder(const JsonObject &step) { return std::make_unique<Strip>(step); }

} // namespace mase
