// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/characters.h"
#include "mase/frontend/normalizers/kinds.h"

namespace mase {
namespace {

class Lowercase final : public Normalizer {
public:
  void apply(std::string &text) const override { text = lowerCase(text); }
};

} // namespace

std::unique_ptr<Normalizer> readLowercase(const JsonObject &step) {
  step.allowOnly({"type"});
  return std::make_unique<Lowercase>();
}

} // namespace mase
