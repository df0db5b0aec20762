// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/byte_level.h"

#include "mase/frontend/decoders/kinds.h"
#include "mase/frontend/utf8.h"

#include <utility>

namespace mase {
namespace {

/// All tokens' bytes are one text; a character that the end cuts off may still become whole.
class Stream final : public WholeTokens {
  void pushToken(std::string token, bool, const Next &next) override {
    pending_ += byteLevelBytes(token);
    size_t complete = 0;
    for (size_t i = 0; i < pending_.size();) {
      const Utf8Step step = utf8Step(std::string_view(pending_).substr(i));
      if (step.incomplete)
        break;
      complete = i += step.bytes;
    }
    if (complete > 0)
      next(mendUtf8(std::string_view(pending_).substr(0, complete)), false);
    pending_.erase(0, complete);
  }
  void finish(const Next &next) override { next(mendUtf8(std::exchange(pending_, {})), true); }
  std::string pending_;
};

class ByteLevel final : public Decoder {
public:
  std::unique_ptr<DecoderStream> stream() const override { return std::make_unique<Stream>(); }
  std::string bytesOf(std::string token) const override { return byteLevelBytes(token); }
};

} // namespace

std::unique_ptr<Decoder> readByteLevelDecoder(const JsonObject &step) {
  step.allowOnly({"type", "add_prefix_space", "trim_offsets", "use_regex"});
  return std::make_unique<ByteLevel>();
}

} // namespace mase
