// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/decoders/kinds.h"
#include "mase/frontend/utf8.h"

#include <charconv>
#include <optional>
#include <utility>

namespace mase {
namespace {

std::optional<char> byteOf(std::string_view token) {
  unsigned byte = 0;
  if (token.size() != 6 || !token.starts_with("<0x") || !token.ends_with('>'))
    return std::nullopt;
  // The peer's parser takes a sign as well.
  const char *first = token.data() + (token[3] == '+' ? 4 : 3), *last = token.data() + 5;
  if (const auto [end, error] = std::from_chars(first, last, byte, 16); error != std::errc() || end != last)
    return std::nullopt;
  return static_cast<char>(byte);
}

/// A run of bytes is a text if all of it is valid; else each byte is U+FFFD: so it is held back until it ends.
class Stream final : public WholeTokens {
  void pushToken(std::string token, bool, const Next &next) override {
    if (const std::optional<char> byte = byteOf(token)) {
      run_ += *byte;
      return;
    }
    finish(next);
    next(token, true);
  }
  void finish(const Next &next) override {
    const std::string run = std::exchange(run_, {});
    if (run.empty())
      return;
    if (firstInvalidUtf8(run) == std::string::npos)
      return next(run, true);
    for (size_t i = 0; i < run.size(); ++i)
      next("\uFFFD", true);
  }
  std::string run_;
};

class ByteFallback final : public Decoder {
public:
  std::unique_ptr<DecoderStream> stream() const override { return std::make_unique<Stream>(); }
  std::string bytesOf(std::string token) const override {
    const std::optional<char> byte = byteOf(token);
    return byte ? std::string(1, *byte) : token;
  }
};

} // namespace

std::unique_ptr<Decoder> readByteFallback(const JsonObject &step) {
  step.allowOnly({"type"});
  return std::make_unique<ByteFallback>();
}

} // namespace mase
