// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/unicode_form.h"

#include "mase/frontend/characters.h"

#include <array>
#include <cassert>
#include <memory>
#include <unicode/normalizer2.h>
#include <unicode/uniset.h>

namespace mase {
namespace {

/// ICU's forms, each behind a filter of old characters; made once.
struct Forms {
  icu::UnicodeSet old;
  std::array<std::unique_ptr<icu::FilteredNormalizer2>, 4> forms;

  Forms() {
    UErrorCode status = U_ZERO_ERROR;
    old.applyPattern(u"[:age=9.0:]", status).freeze();
    const std::array<const icu::Normalizer2 *, 4> all = {
        icu::Normalizer2::getNFCInstance(status), icu::Normalizer2::getNFDInstance(status),
        icu::Normalizer2::getNFKCInstance(status), icu::Normalizer2::getNFKDInstance(status)};
    assert(U_SUCCESS(status));
    for (size_t i = 0; i < all.size(); ++i)
      forms[i] = std::make_unique<icu::FilteredNormalizer2>(*all[i], old);
  }
};

} // namespace

std::string inForm(UnicodeForm form, std::string_view text) {
  if (isAscii(text))
    return std::string(text);
  static const Forms forms;
  const icu::Normalizer2 &normalizer = *forms.forms[static_cast<size_t>(form)];
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString from =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  if (normalizer.isNormalized(from, status))
    return std::string(text);
  std::string result;
  normalizer.normalize(from, status).toUTF8String(result);
  assert(U_SUCCESS(status));
  return result;
}

} // namespace mase
