// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/passes/gptq/error_factor.h"

#include "mase/support/parallel.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace mase {
namespace {

constexpr int64_t blockSize = 64, tileRows = 48;

// A block on the diagonal, in double precision; false: it is not positive definite.
bool factorBlock(MatrixView a) {
  for (int64_t j = 0; j < a.cols; ++j) {
    double pivot = a.row(j)[j];
    for (int64_t k = 0; k < j; ++k)
      pivot -= static_cast<double>(a.row(j)[k]) * a.row(j)[k];
    if (!(pivot > 0))
      return false;
    const double root = std::sqrt(pivot);
    a.row(j)[j] = static_cast<float>(root);
    for (int64_t i = j + 1; i < a.rows; ++i) {
      double sum = a.row(i)[j];
      for (int64_t k = 0; k < j; ++k)
        sum -= static_cast<double>(a.row(i)[k]) * a.row(j)[k];
      a.row(i)[j] = static_cast<float>(sum / root);
    }
  }
  return true;
}

// The inverse of a small lower triangular block.
std::vector<float> inverseOfBlock(ConstMatrixView a) {
  const int64_t n = a.rows;
  std::vector<double> inverse(static_cast<size_t>(n * n), 0);
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t k = 0; k < i; ++k)
      for (int64_t j = 0; j <= k; ++j)
        inverse[static_cast<size_t>(i * n + j)] -= a.row(i)[k] * inverse[static_cast<size_t>(k * n + j)];
    inverse[static_cast<size_t>(i * n + i)] = 1;
    for (int64_t j = 0; j <= i; ++j)
      inverse[static_cast<size_t>(i * n + j)] /= a.row(i)[i];
  }
  return {inverse.begin(), inverse.end()};
}

// C = A B^T for rows of A, a few at a time in parallel: use(first row, product).
template <typename Use>
void forProductRows(ConstMatrixView a, const PackedMatrix &b, int64_t cols, const Use &use) {
  parallelFor((a.rows + tileRows - 1) / tileRows, [&](int64_t tile) {
    const int64_t first = tile * tileRows, rows = std::min(tileRows, a.rows - first);
    std::vector<float> product(static_cast<size_t>(rows * cols));
    const MatrixView c(product.data(), rows, cols);
    multiply({a.row(first), rows, a.cols, a.stride}, b, c);
    use(first, c);
  });
}

} // namespace

bool factorCholesky(MatrixView a) {
  assert(a.rows == a.cols);
  const int64_t n = a.rows;
  PackedMatrix packed;
  for (int64_t p = 0; p < n; p += blockSize) {
    const int64_t width = std::min(blockSize, n - p), rest = n - p - width;
    const MatrixView pivot(a.row(p) + p, width, width, a.stride);
    if (!factorBlock(pivot))
      return false;
    for (int64_t r = 0; r < width; ++r)
      std::fill(pivot.row(r) + r + 1, pivot.row(r) + width, 0.0F);
    if (rest == 0)
      break;
    // Rows below: X L^T = A, so X = A L^-T.
    const std::vector<float> inverse = inverseOfBlock(pivot);
    const MatrixView below(a.row(p + width) + p, rest, width, a.stride);
    packInto(ConstMatrixView(inverse.data(), width, width), packed);
    forProductRows(below, packed, width, [&](int64_t first, ConstMatrixView x) {
      for (int64_t r = 0; r < x.rows; ++r)
        std::copy_n(x.row(r), width, below.row(first + r));
    });
    packInto(below, packed);
    parallelFor((rest + tileRows - 1) / tileRows, [&](int64_t tile) {
      const int64_t first = tile * tileRows, rows = std::min(tileRows, rest - first);
      const int64_t cols = first + rows; // the lower triangle is enough
      std::vector<float> product(static_cast<size_t>(rows * cols));
      const MatrixView c(product.data(), rows, cols);
      multiply({below.row(first), rows, width, below.stride}, packed, c);
      for (int64_t r = 0; r < rows; ++r) {
        float *to = a.row(p + width + first + r) + p + width;
        for (int64_t k = 0; k < cols; ++k)
          to[k] -= c.row(r)[k];
      }
    });
  }
  for (int64_t r = 0; r < n; ++r)
    std::fill(a.row(r) + r + 1, a.row(r) + n, 0.0F);
  return true;
}

std::vector<float> inverseOfLower(ConstMatrixView lower) {
  const int64_t n = lower.rows;
  std::vector<float> inverse(static_cast<size_t>(n * n), 0.0F);
  const MatrixView result(inverse.data(), n, n);
  PackedMatrix above, packedBlock;
  for (int64_t p = 0; p < n; p += blockSize) {
    const int64_t width = std::min(blockSize, n - p);
    const std::vector<float> block = inverseOfBlock({lower.row(p) + p, width, width, lower.stride});
    for (int64_t r = 0; r < width; ++r)
      std::copy_n(block.data() + r * width, width, result.row(p + r) + p);
    if (p == 0)
      continue;
    // -block x (rows of `lower` x what is inverted so far), a few columns at a time.
    parallelFor((p + blockSize - 1) / blockSize, [&](int64_t part) {
      const int64_t first = part * blockSize, cols = std::min(blockSize, p - first), depth = p - first;
      PackedMatrix panel;
      packTransposedInto({result.row(first) + first, depth, cols, n}, panel);
      std::vector<float> sum(static_cast<size_t>(width * cols)), product(sum.size());
      multiply({lower.row(p) + first, width, depth, lower.stride}, panel, {sum.data(), width, cols});
      packTransposedInto({sum.data(), width, cols}, panel);
      multiply({block.data(), width, width}, panel, {product.data(), width, cols});
      for (int64_t r = 0; r < width; ++r)
        for (int64_t c = 0; c < cols; ++c)
          result.row(p + r)[first + c] = -product[static_cast<size_t>(r * cols + c)];
    });
  }
  return inverse;
}

ErrorFactor::ErrorFactor(ConstMatrixView h, double damping) : size_(h.rows) {
  const int64_t n = size_;
  double mean = 0;
  for (int64_t i = 0; i < n; ++i)
    mean += h.row(i)[i] / static_cast<double>(n);
  mean = mean > 0 ? mean : 1;
  // H = R R^T with R upper triangular is the Cholesky factorisation from the last row on, and U is R's inverse.
  std::vector<float> flipped(static_cast<size_t>(n * n));
  const MatrixView f(flipped.data(), n, n);
  for (;; damping = std::max(damping * 10, 1e-4)) {
    for (int64_t i = 0; i < n; ++i) {
      for (int64_t j = 0; j <= i; ++j)
        f.row(i)[j] = h.row(n - 1 - i)[n - 1 - j];
      f.row(i)[i] += static_cast<float>(damping * mean);
    }
    if (factorCholesky(f))
      break;
  }
  upper_ = inverseOfLower(f);
  std::reverse(upper_.begin(), upper_.end());
}

} // namespace mase
