// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/unicode_form.h"

#include "mase/frontend/normalizers/kinds.h"

namespace mase {
namespace {

class Form final : public Normalizer {
public:
  explicit Form(UnicodeForm form) : form_(form) {}
  void apply(std::string &text) const override { text = inForm(form_, text); }

private:
  UnicodeForm form_;
};

} // namespace

std::unique_ptr<Normalizer> readUnicodeForm(const JsonObject &step) {
  step.allowOnly({"type"});
  const std::string name = step.text("type");
  return std::make_unique<Form>(name == "NFC"    ? UnicodeForm::Nfc
                                : name == "NFD"  ? UnicodeForm::Nfd
                                : name == "NFKC" ? UnicodeForm::Nfkc
                                                 : UnicodeForm::Nfkd);
}

} // namespace mase
