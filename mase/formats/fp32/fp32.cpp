// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/fp32/fp32.h"

#include <algorithm>

namespace mase {
namespace {

class Fp32 final : public Format {
public:
  std::string name() const override { return "fp32"; }
  int elementBits() const override { return 32; }
  double bitsPerElement() const override { return 32; }
  BlockShape block() const override { return {1, 1}; }
  void fakeQuantize(ConstMatrixView x, MatrixView y) const override {
    if (x.data != y.data)
      for (int64_t r = 0; r < x.rows; ++r)
        std::copy_n(x.row(r), x.cols, y.row(r));
  }
};

} // namespace

FormatFamily fp32Family() {
  return {"fp32", "fp32", "IEEE 754 single precision: not quantised",
          [](std::string_view name) -> std::unique_ptr<Format> {
            return name == "fp32" ? std::make_unique<Fp32>() : nullptr;
          },
          [] { return std::vector<std::string>{"fp32"}; }};
}

} // namespace mase
