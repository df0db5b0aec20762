// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/characters.h"
#include "mase/frontend/normalizers/kinds.h"
#include "mase/frontend/utf8.h"

namespace mase {
namespace {

/// Drops marks that stand alone: letters that hold theirs are decomposed before, if at all, by NFD.
class StripAccents final : public Normalizer {
public:
  void apply(std::string &text) const override {
    std::string result;
    forEachCodePoint(text, [&](uint32_t c, std::string_view bytes) {
      if (!isMark(c))
        result += bytes;
    });
    text = std::move(result);
  }
};

} // namespace

std::unique_ptr<Normalizer> readStripAccents(const JsonObject &step) {
  step.allowOnly({"type"});
  return std::make_unique<StripAccents>();
}

} // namespace mase
