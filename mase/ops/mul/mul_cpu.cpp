// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/mul/mul_cpu.h"

namespace mase {
namespace {

class Mul final : public Kernel {
public:
  void run(const KernelCall &call) const override {
    const MatrixView a = call.inputs[0].head(0), b = call.inputs[1].head(0), y = call.output.head(0);
    for (int64_t r = 0; r < y.rows; ++r) {
      const float *left = a.row(r), *right = b.row(r);
      float *out = y.row(r);
      for (int64_t c = 0; c < y.cols; ++c)
        out[c] = left[c] * right[c];
    }
  }
};

} // namespace

std::unique_ptr<Kernel> makeMul(const OperatorDescription &) { return std::make_unique<Mul>(); }

} // namespace mase
