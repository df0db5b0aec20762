// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/decoders/kinds.h"

namespace mase {
namespace {

class Stream final : public DecoderStream {
  void push(std::string_view part, bool, const Next &next) override { next(part, false); }
  void finish(const Next &next) override { next({}, true); }
};

class Fuse final : public Decoder {
public:
  std::unique_ptr<DecoderStream> stream() const override { return std::make_unique<Stream>(); }
};

} // namespace

std::unique_ptr<Decoder> readFuse(const JsonObject &step) {
  step.allowOnly({"type"});
  return std::make_unique<Fuse>();
}

} // namespace mase
