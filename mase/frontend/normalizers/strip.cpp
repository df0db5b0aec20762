// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/normalizers/kinds.h"
#include "mase/frontend/utf8.h"

namespace mase {
namespace {

class Strip final : public Normalizer {
public:
  explicit Strip(const JsonObject &step) : left_(step.flag("strip_left")), right_(step.flag("strip_right")) {
    step.allowOnly({"type", "strip_left", "strip_right"});
  }
  void apply(std::string &text) const override {
    if (right_)
      text.resize(text.size() - whiteSpaceBehind(text));
    if (left_)
      text.erase(0, whiteSpaceInFront(text));
  }

private:
  bool left_, right_;
};

} // namespace

std::unique_ptr<Normalizer> readStripNormalizer(const JsonObject &step) { return std::make_unique<Strip>(step); }

} // namespace mase
