// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/passes/bias/bias_pass.h"

namespace mase {

void runBias(Weights &weights, Layerwise::Windows windows, const FormatAssignment &assignment) {
  // Weights change below. NOLINTNEXTLINE(performance-unnecessary-copy-initialization)
  const Weights before = weights;
  Layerwise run(weights, windows, assignment);
  Layerwise floats(before, windows, FormatAssignment(assignment.size(), &fp32()));
  for (const size_t step : weights.linears()) {
    if (!weights.has(step, 1))
      continue;
    run.runTo(step);
    floats.runTo(step);
    const ConstMatrixView w = weights.constant(step, 0);
    const int64_t slot = run.firstSlot(step);
    std::vector<double> mean(static_cast<size_t>(w.cols)), wanted(mean.size());
    double rows = 0;
    for (size_t i = 0; i < run.windows(); ++i) {
      const int input = weights.step(step).inputs[0];
      const std::vector<float> x = run.quantized(i, input, slot);
      const ConstMatrixView f = floats.value(i, input);
      rows += static_cast<double>(f.rows);
      for (int64_t r = 0; r < f.rows; ++r)
        for (int64_t c = 0; c < f.cols; ++c) {
          mean[static_cast<size_t>(c)] += x[static_cast<size_t>(r * f.cols + c)];
          wanted[static_cast<size_t>(c)] += f.row(r)[c];
        }
    }
    std::vector<float> memory(static_cast<size_t>(w.rows * w.cols));
    const MatrixView q(memory.data(), w.rows, w.cols);
    assignment[static_cast<size_t>(slot)]->fakeQuantize(w, q);
    for (int64_t r = 0; r < w.rows; ++r) {
      double move = 0;
      for (int64_t c = 0; c < w.cols; ++c) {
        const auto at = static_cast<size_t>(c);
        move += w.row(r)[c] * wanted[at] - q.row(r)[c] * mean[at];
      }
      weights.constant(step, 1).data[r] += static_cast<float>(move / rows);
    }
  }
}

} // namespace mase
