// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/byte_level.h"

#include "mase/frontend/normalizers/kinds.h"

namespace mase {
namespace {

class ByteLevel final : public Normalizer {
public:
  void apply(std::string &text) const override {
    std::string spelt;
    appendByteLevel(text, spelt);
    text = std::move(spelt);
  }
};

} // namespace

std::unique_ptr<Normalizer> readByteLevelNormalizer(const JsonObject &step) {
  step.allowOnly({"type"});
  return std::make_unique<ByteLevel>();
}

} // namespace mase
