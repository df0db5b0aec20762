// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/normalizers/kinds.h"
#include "mase/frontend/text_pattern.h"

namespace mase {
namespace {

class Replace final : public Normalizer {
public:
  explicit Replace(const JsonObject &step) : pattern_(step), content_(step.text("content")) {
    step.allowOnly({"type", "pattern", "content"});
  }
  void apply(std::string &text) const override { text = pattern_.replaced(text, content_); }

private:
  TextPattern pattern_;
  std::string content_;
};

} // namespace

std::unique_ptr<Normalizer> readReplaceNormalizer(const JsonObject &step) { return std::make_unique<Replace>(step); }

} // namespace mase
