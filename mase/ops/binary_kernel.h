// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Levels 1 and 2 of operators that combine two values of one shape element by element.
///
/// `Operation` is a function object on two floats (std::plus). Nothing is rounded but its own result; operands may be
/// the same value. Thread-safe on disjoint outputs.
#pragma once

#include "mase/ops/operator.h"

namespace mase {

template <typename Operation>
class BinaryKernel final : public Kernel {
public:
  void run(const KernelCall &call) const override {
    const MatrixView a = call.inputs[0].head(0), b = call.inputs[1].head(0), y = call.output.head(0);
    for (int64_t r = 0; r < y.rows; ++r) {
      const float *left = a.row(r), *right = b.row(r);
      float *out = y.row(r);
      for (int64_t c = 0; c < y.cols; ++c)
        out[c] = Operation()(left[c], right[c]);
    }
  }
};

} // namespace mase
