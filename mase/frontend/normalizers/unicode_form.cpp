// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/characters.h"
#include "mase/frontend/normalizers/kinds.h"

#include <cassert>
#include <unicode/normalizer2.h>

namespace mase {
namespace {

/// Unicode's normalization forms (UAX 15).
class UnicodeForm final : public Normalizer {
public:
  explicit UnicodeForm(std::string_view name) {
    UErrorCode status = U_ZERO_ERROR;
    form_ = name == "NFC"    ? icu::Normalizer2::getNFCInstance(status)
            : name == "NFD"  ? icu::Normalizer2::getNFDInstance(status)
            : name == "NFKC" ? icu::Normalizer2::getNFKCInstance(status)
                             : icu::Normalizer2::getNFKDInstance(status);
    assert(U_SUCCESS(status));
  }
  void apply(std::string &text) const override {
    if (isAscii(text)) // as it is in every form
      return;
    UErrorCode status = U_ZERO_ERROR;
    const icu::UnicodeString from = icu::UnicodeString::fromUTF8(text);
    if (form_->isNormalized(from, status))
      return;
    text.clear();
    form_->normalize(from, status).toUTF8String(text);
    assert(U_SUCCESS(status));
  }

private:
  const icu::Normalizer2 *form_; // ICU's own: lives as long as the program
};

} // namespace

std::unique_ptr<Normalizer> readUnicodeForm(const JsonObject &step) {
  step.allowOnly({"type"});
  return std::make_unique<UnicodeForm>(step.text("type"));
}

} // namespace mase
