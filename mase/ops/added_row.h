// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Levels 1 and 2 of operators that add a row of a learned table to each token's row: position_embedding,
/// token_type_embedding.
///
/// Where the call says so the table's rows are quantised first, as hardware stores them. Thread-safe on disjoint
/// outputs.
#pragma once

#include "mase/ops/operator.h"

namespace mase {

/// y[t] = x[t] + table[rowOf(t)], t the token's place within the call.
template <typename RowOf>
void addTableRows(const KernelCall &call, ConstMatrixView table, const RowOf &rowOf) {
  const MatrixView x = call.inputs[0].head(0), y = call.output.head(0);
  std::vector<float> quantized(static_cast<size_t>(call.table ? x.cols : 0));
  for (int64_t t = 0; t < x.rows; ++t) {
    const float *in = x.row(t), *added = table.row(rowOf(t));
    if (call.table) {
      const MatrixView row(quantized.data(), 1, x.cols, x.cols);
      call.table->fakeQuantize({added, 1, x.cols}, row);
      added = quantized.data();
    }
    float *out = y.row(t);
    for (int64_t c = 0; c < x.cols; ++c)
      out[c] = in[c] + added[c];
  }
}

} // namespace mase
