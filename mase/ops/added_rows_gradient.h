// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Gradients of the tables whose rows embeddings give or add: row of the table by row of the result.
///
/// `row` says which row of constant 0 a token reads. Rows are added token by token in order, so that sums do not depend
/// on threads. The gradient of what rows are added to is the result's own and needs no kernel.
#pragma once

#include "mase/ops/gradient_kernel.h"

namespace mase {

template <typename Row>
class AddedRowsGradient final : public GradientKernel {
public:
  explicit AddedRowsGradient(Row row) : row_(std::move(row)) {}

  void run(const GradientCall &call) const override {
    const MatrixView by = call.by.head(0), table = call.constantGradients[0];
    call.inOrder([&] {
      for (int64_t t = 0; t < by.rows; ++t) {
        float *to = table.row(row_(call, t));
        const float *from = by.row(t);
        for (int64_t c = 0; c < by.cols; ++c)
          to[c] += from[c];
      }
    });
  }

private:
  Row row_;
};

template <typename Row>
std::unique_ptr<GradientKernel> addedRowsGradient(Row row) {
  return std::make_unique<AddedRowsGradient<Row>>(std::move(row));
}

} // namespace mase
