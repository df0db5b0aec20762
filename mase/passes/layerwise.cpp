// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/passes/layerwise.h"

#include "mase/ops/linear/packed_gemm.h"
#include "mase/support/parallel.h"

#include <algorithm>

namespace mase {

Layerwise::Layerwise(const Weights &weights, Windows windows, FormatAssignment assignment)
    : windows_(windows), assignment_(std::move(assignment)), plan_(weights.plan(weights.graph().steps.size() - 1)) {
  int64_t slot = 0;
  for (size_t s = 0; s < weights.graph().steps.size(); ++s) {
    slots_.push_back(weights.is(s, "linear") ? slot : -1);
    slot += weights.is(s, "linear") ? 2 : 0;
  }
  for (size_t w = 0; w < windows.size(); ++w)
    sequences_.emplace_back(plan_);
}

void Layerwise::runTo(size_t step) {
  const size_t last = std::min(step, plan_.graph().steps.size());
  for (size_t s = next_; s < last; ++s)
    plan_.prepareStep(s, assignment_);
  if (next_ < last)
    parallelFor(std::ssize(windows_), [&](int64_t w) {
      const auto at = static_cast<size_t>(w);
      plan_.runSteps(sequences_[at], windows_[at], assignment_, {}, next_, last);
    });
  next_ = std::max(next_, last);
}

ConstMatrixView Layerwise::value(size_t window, int value) const {
  return plan_.valueOf(sequences_[window], value).head(0);
}

std::vector<float> Layerwise::quantized(size_t window, int value, int64_t slot) const {
  const ConstMatrixView x = this->value(window, value);
  std::vector<float> result(static_cast<size_t>(x.rows * x.cols));
  const Format &format = *assignment_[static_cast<size_t>(slot + 1)];
  format.fakeQuantize(x, {result.data(), x.rows, x.cols});
  return result;
}

void addProduct(MatrixView h, ConstMatrixView a, ConstMatrixView b) {
  constexpr int64_t tileRows = 48;
  PackedMatrix packed;
  packTransposedInto(b, packed);
  parallelFor((h.rows + tileRows - 1) / tileRows, [&](int64_t tile) {
    const int64_t first = tile * tileRows, rows = std::min(tileRows, h.rows - first);
    std::vector<float> turned(static_cast<size_t>(rows * a.rows)), product(static_cast<size_t>(rows * h.cols));
    for (int64_t k = 0; k < a.rows; ++k)
      for (int64_t r = 0; r < rows; ++r)
        turned[static_cast<size_t>(r * a.rows + k)] = a.row(k)[first + r];
    multiply({turned.data(), rows, a.rows}, packed, {product.data(), rows, h.cols});
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = 0; c < h.cols; ++c)
        h.row(first + r)[c] += product[static_cast<size_t>(r * h.cols + c)];
  });
}

} // namespace mase
