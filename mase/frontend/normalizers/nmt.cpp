// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/normalizers/kinds.h"
#include "mase/frontend/utf8.h"

namespace mase {
namespace {

bool goes(uint32_t c) {
  return (c >= 0x01 && c <= 0x08) || c == 0x0B || (c >= 0x0E && c <= 0x1F) || c == 0x7F || c == 0x8F || c == 0x9F;
}
bool isSpace(uint32_t c) {
  return c == 0x09 || c == 0x0A || c == 0x0C || c == 0x0D || c == 0x1680 || (c >= 0x200B && c <= 0x200F) ||
         c == 0x2028 || c == 0x2029 || c == 0x2581 || c == 0xFEFF || c == 0xFFFD;
}

/// The cleaning of SentencePiece's rule "nmt", without its normalization form.
class Nmt final : public Normalizer {
public:
  void apply(std::string &text) const override {
    std::string result;
    forEachCodePoint(text, [&](uint32_t c, std::string_view bytes) {
      if (!goes(c))
        result += isSpace(c) ? " " : bytes;
    });
    text = std::move(result);
  }
};

} // namespace

std::unique_ptr<Normalizer> readNmt(const JsonObject &step) {
  step.allowOnly({"type"});
  return std::make_unique<Nmt>();
}

} // namespace mase
