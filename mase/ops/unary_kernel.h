// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Levels 1 and 2 of operators that change each element by itself: silu, gelu, relu.
///
/// The operator's folder gives a function over one row, built for every instruction set; this runs it over the rows of
/// a value. Thread-safe on disjoint outputs.
#pragma once

#include "mase/ops/operator.h"

namespace mase {

class UnaryKernel final : public Kernel {
public:
  /// Writes `count` results of x to y; the two do not overlap.
  using Row = void (*)(const float *x, float *y, int64_t count);

  /// `choose` gives the function for this machine; it is asked at each run.
  explicit UnaryKernel(Row (*choose)()) : choose_(choose) {}

  void run(const KernelCall &call) const override {
    const Row row = choose_();
    const MatrixView x = call.inputs[0].head(0), y = call.output.head(0);
    for (int64_t r = 0; r < x.rows; ++r)
      row(x.row(r), y.row(r), x.cols);
  }

private:
  Row (*choose_)();
};

} // namespace mase
