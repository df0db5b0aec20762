// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/passes/rotate/rotate_pass.h"

#include "mase/ops/linear/packed_gemm.h"
#include "mase/passes/rotate/orthogonal.h"
#include "mase/passes/structure.h"
#include "mase/support/error.h"
#include "mase/support/parallel.h"

#include <algorithm>
#include <cmath>

namespace mase {
namespace {

// Each row x of `rows` becomes Q x.
void turnRows(MatrixView rows, const std::vector<float> &q) {
  const int64_t n = rows.cols;
  PackedMatrix packed;
  packInto({q.data(), n, n}, packed);
  parallelFor((rows.rows + 47) / 48, [&](int64_t tile) {
    const int64_t first = tile * 48, count = std::min<int64_t>(48, rows.rows - first);
    std::vector<float> turned(static_cast<size_t>(count * n));
    multiply({rows.row(first), count, n, rows.stride}, packed, {turned.data(), count, n});
    for (int64_t r = 0; r < count; ++r)
      std::copy_n(turned.data() + r * n, n, rows.row(first + r));
  });
}

// Each column of `rows` x becomes Q x.
void turnColumns(MatrixView columns, const std::vector<float> &q) {
  std::vector<float> turned(static_cast<size_t>(columns.rows * columns.cols));
  const MatrixView t(turned.data(), columns.cols, columns.rows);
  for (int64_t r = 0; r < columns.rows; ++r)
    for (int64_t c = 0; c < columns.cols; ++c)
      t.row(c)[r] = columns.row(r)[c];
  turnRows(t, q);
  for (int64_t r = 0; r < columns.rows; ++r)
    for (int64_t c = 0; c < columns.cols; ++c)
      columns.row(r)[c] = t.row(c)[r];
}

// The norm's gain and, where it can, its bias move into the linears behind it; what is left is a norm without a basis.
void foldNorm(Weights &weights, const NormReaders &norm, const std::vector<float> &q) {
  float *gain = weights.constant(norm.norm, 0).data;
  float *bias = weights.has(norm.norm, 1) ? weights.constant(norm.norm, 1).data : nullptr;
  const bool foldsBias = bias && std::all_of(norm.linears.begin(), norm.linears.end(),
                                             [&](size_t linear) { return weights.has(linear, 1); });
  const int64_t width = weights.constant(norm.norm, 0).cols;
  for (const size_t linear : norm.linears) {
    const MatrixView w = weights.constant(linear, 0);
    for (int64_t r = 0; r < w.rows; ++r) {
      double sum = 0;
      for (int64_t c = 0; c < width; ++c) {
        sum += foldsBias ? static_cast<double>(w.row(r)[c]) * bias[c] : 0;
        w.row(r)[c] *= gain[c];
      }
      if (foldsBias)
        weights.constant(linear, 1).data[r] += static_cast<float>(sum);
    }
    turnRows(w, q);
  }
  for (int64_t c = 0; bias && c < width; ++c) {
    if (!foldsBias && bias[c] != 0 && std::fabs(gain[c]) < 1e-3F * std::fabs(bias[c]))
      fail("a norm has gain {} and bias {} in front of a linear without bias (such a stream cannot be rotated)",
           gain[c], bias[c]);
    bias[c] = foldsBias || bias[c] == 0 ? 0 : bias[c] / gain[c];
  }
  if (bias)
    turnRows({bias, 1, width}, q);
  std::fill(gain, gain + width, 1.0F);
}

void turnStream(Weights &weights, uint64_t seed) {
  const ResidualStream stream = residualStream(weights);
  const std::vector<float> q =
      stream.centred ? orthogonalKeepingMean(stream.width, seed) : orthogonal(stream.width, seed);
  for (const size_t step : stream.tables)
    turnRows(weights.constant(step, 0), q);
  for (const size_t step : stream.writers) {
    turnColumns(weights.constant(step, 0), q);
    if (weights.has(step, 1))
      turnRows(weights.constant(step, 1), q);
  }
  for (const NormReaders &norm : stream.norms)
    foldNorm(weights, norm, q);
}

void turnHeads(Weights &weights, uint64_t seed) {
  for (const FeaturePair &pair : featurePairs(weights)) {
    if (pair.headSize == 0)
      continue;
    const std::vector<float> q = orthogonal(pair.headSize, seed);
    const MatrixView values = weights.constant(pair.first, 0), output = weights.constant(pair.second, 0);
    for (int64_t row = 0; row < values.rows; row += pair.headSize) {
      turnColumns({values.row(row), pair.headSize, values.cols, values.stride}, q);
      if (weights.has(pair.first, 1))
        turnRows({weights.constant(pair.first, 1).data + row, 1, pair.headSize}, q);
    }
    for (int64_t col = 0; col < output.cols; col += pair.headSize)
      turnRows({output.data + col, output.rows, pair.headSize, output.stride}, q);
  }
}

} // namespace

void runRotate(Weights &weights, const RotateOptions &options) {
  if (options.stream)
    turnStream(weights, options.seed);
  if (options.heads)
    turnHeads(weights, options.seed + 1);
}

} // namespace mase
