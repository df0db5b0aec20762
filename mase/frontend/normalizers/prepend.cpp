// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/normalizers/kinds.h"

namespace mase {
namespace {

class Prepend final : public Normalizer {
public:
  explicit Prepend(std::string front) : front_(std::move(front)) {}
  void apply(std::string &text) const override { text.insert(0, front_); }

private:
  std::string front_;
};

} // namespace

std::unique_ptr<Normalizer> readPrepend(const JsonObject &step) {
  step.allowOnly({"type", "prepend"});
  return std::make_unique<Prepend>(step.text("prepend"));
}

} // namespace mase
