// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/saturation.h"

#include "mase/formats/block_format.h"

#include <algorithm>
#include <cmath>

namespace mase {
namespace {

float largestOf(ConstMatrixView x) {
  float largest = 0;
  for (int64_t r = 0; r < x.rows; ++r)
    for (int64_t c = 0; c < x.cols; ++c)
      if (std::isfinite(x.row(r)[c]))
        largest = std::max(largest, std::fabs(x.row(r)[c]));
  return largest;
}

// Within [least, greatest] the gradient passes.
void stop(double least, double greatest, ConstMatrixView x, ConstMatrixView by, MatrixView gradient) {
  const auto low = static_cast<float>(least), high = static_cast<float>(greatest);
  for (int64_t r = 0; r < x.rows; ++r) {
    const float *in = x.row(r), *from = by.row(r);
    float *to = gradient.row(r);
    for (int64_t c = 0; c < x.cols; ++c)
      to[c] = in[c] < low || in[c] > high ? 0.0F : from[c];
  }
}

template <typename View>
View part(View x, int64_t row, int64_t col, int64_t rows, int64_t cols) {
  return {x.row(row) + col, std::min(rows, x.rows - row), std::min(cols, x.cols - col), x.stride};
}

} // namespace

void stopSaturated(const Format &format, ConstMatrixView x, ConstMatrixView by, MatrixView gradient) {
  const ElementRange range = format.range();
  // A scale that is the largest magnitude over the greatest code is rounded: that magnitude is within reach all the
  // same.
  const double reach = range.largest * (1 + 0x1p-20);
  const double least = -reach, greatest = range.symmetric ? reach : reach * (1 - range.relativeStep);
  const auto *block = dynamic_cast<const BlockFormat *>(&format);
  if (!block)
    return stop(least, greatest, x, by, gradient);
  const Scale &scale = block->scale();
  const OuterScale outer = scale.outer();
  uint32_t above = outer == OuterScale::tensor ? scale.chooseOuter(largestOf(x), block->element()) : 0;
  const int64_t rows = std::min(block->block().rows, x.rows), cols = std::min(block->block().cols, x.cols);
  for (int64_t r = 0; r < x.rows; r += rows) {
    if (outer == OuterScale::row)
      above = scale.chooseOuter(largestOf(part(x, r, 0, 1, x.cols)), block->element());
    for (int64_t c = 0; c < x.cols; c += cols) {
      const ConstMatrixView in = part(x, r, c, rows, cols);
      const double factor = scale.value(scale.choose(largestOf(in), block->element(), above), above);
      stop(least * factor, greatest * factor, in, part(by, r, c, rows, cols), part(gradient, r, c, rows, cols));
    }
  }
}

} // namespace mase
