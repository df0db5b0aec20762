// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/passes/gptq/gptq.h"

#include "mase/support/parallel.h"

#include <algorithm>
#include <cassert>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/passes/gptq/gptq.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Columns of `height` floats, a multiple of 16: column k loses share[k] times `error`, four columns at once.
void spread(const float *HWY_RESTRICT error, const float *HWY_RESTRICT share, float *HWY_RESTRICT columns,
            int64_t count, int64_t height) {
  const hn::CappedTag<float, 16> f;
  const auto lanes = static_cast<int64_t>(hn::Lanes(f));
  int64_t k = 0;
  for (; k + 4 <= count; k += 4) {
    float *c0 = columns + k * height, *c1 = c0 + height, *c2 = c1 + height, *c3 = c2 + height;
    const auto s0 = hn::Set(f, share[k]), s1 = hn::Set(f, share[k + 1]), s2 = hn::Set(f, share[k + 2]),
               s3 = hn::Set(f, share[k + 3]);
    for (int64_t r = 0; r < height; r += lanes) {
      const auto e = hn::LoadU(f, error + r);
      hn::StoreU(hn::NegMulAdd(s0, e, hn::LoadU(f, c0 + r)), f, c0 + r);
      hn::StoreU(hn::NegMulAdd(s1, e, hn::LoadU(f, c1 + r)), f, c1 + r);
      hn::StoreU(hn::NegMulAdd(s2, e, hn::LoadU(f, c2 + r)), f, c2 + r);
      hn::StoreU(hn::NegMulAdd(s3, e, hn::LoadU(f, c3 + r)), f, c3 + r);
    }
  }
  for (; k < count; ++k) {
    const auto s = hn::Set(f, share[k]);
    float *c = columns + k * height;
    for (int64_t r = 0; r < height; r += lanes)
      hn::StoreU(hn::NegMulAdd(s, hn::LoadU(f, error + r), hn::LoadU(f, c + r)), f, c + r);
  }
}

// y = (x - q) * by
void differences(const float *HWY_RESTRICT x, const float *HWY_RESTRICT q, float by, float *HWY_RESTRICT y,
                 int64_t count) {
  const hn::CappedTag<float, 16> f;
  const auto lanes = static_cast<int64_t>(hn::Lanes(f));
  for (int64_t r = 0; r < count; r += lanes)
    hn::StoreU(hn::Mul(hn::Sub(hn::LoadU(f, x + r), hn::LoadU(f, q + r)), hn::Set(f, by)), f, y + r);
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {
HWY_EXPORT(spread);
HWY_EXPORT(differences);
namespace {

// What earlier batches of columns hand on to one batch: rows of U above it, packed.
struct Batch {
  int64_t first = 0, cols = 0;
  PackedMatrix above; // cols x first
};

std::vector<Batch> batchesOf(int64_t cols, int64_t width, const ErrorFactor *factor) {
  std::vector<Batch> batches;
  for (int64_t first = 0; first < cols; first += width)
    batches.push_back({first, std::min(width, cols - first), {}});
  if (factor)
    parallelFor(std::ssize(batches) - 1, [&](int64_t b) {
      Batch &batch = batches[static_cast<size_t>(b + 1)];
      packTransposedInto({factor->row(0) + batch.first, batch.first, batch.cols, factor->size()}, batch.above);
    });
  return batches;
}

// A tile of rows from the first to the last column. Memory is one thread's and used again.
class Tile {
public:
  Tile(const ColumnRounding::Tensor &tensor, MatrixView w, int64_t first, const ErrorFactor *factor,
       const float *weights)
      : w_(w), factor_(factor), weights_(weights), rounding_(tensor, first, w.rows), height_((w.rows + 15) / 16 * 16) {
    rounded_.resize(static_cast<size_t>(height_));
    error_.assign(static_cast<size_t>(height_), 0.0F);
    if (factor)
      errors_.resize(static_cast<size_t>(w.rows * w.cols));
  }

  void run(const Batch &batch) {
    columns_.assign(static_cast<size_t>(height_ * batch.cols), 0.0F);
    load(batch);
    for (int64_t j = 0; j < batch.cols; ++j) {
      const int64_t col = batch.first + j;
      float *x = columns_.data() + j * height_;
      rounding_.enter(col, x, height_, weights_ ? weights_ + col : nullptr);
      rounding_.round(col, x, rounded_.data());
      if (factor_) {
        const float *u = factor_->row(col) + col;
        HWY_DYNAMIC_DISPATCH(differences)(x, rounded_.data(), 1 / u[0], error_.data(), height_);
        HWY_DYNAMIC_DISPATCH(spread)(error_.data(), u + 1, x + height_, batch.cols - j - 1, height_);
        for (int64_t r = 0; r < w_.rows; ++r)
          errors_[static_cast<size_t>(r * w_.cols + col)] = error_[static_cast<size_t>(r)];
      }
      std::copy(rounded_.begin(), rounded_.end(), x);
    }
    for (int64_t r = 0; r < w_.rows; ++r)
      for (int64_t j = 0; j < batch.cols; ++j)
        w_.row(r)[batch.first + j] = columns_[static_cast<size_t>(j * height_ + r)];
  }

private:
  // The batch's columns less what the errors of all columns before them ask for.
  void load(const Batch &batch) {
    const MatrixView part(w_.data + batch.first, w_.rows, batch.cols, w_.stride);
    const bool moved = factor_ && batch.first > 0;
    if (moved) {
      moves_.resize(static_cast<size_t>(w_.rows * batch.cols));
      multiply({errors_.data(), w_.rows, batch.first, w_.cols}, batch.above, {moves_.data(), w_.rows, batch.cols});
    }
    for (int64_t r = 0; r < part.rows; ++r)
      for (int64_t j = 0; j < batch.cols; ++j)
        columns_[static_cast<size_t>(j * height_ + r)] =
            part.row(r)[j] - (moved ? moves_[static_cast<size_t>(r * batch.cols + j)] : 0);
  }

  MatrixView w_;
  const ErrorFactor *factor_;
  const float *weights_;
  ColumnRounding rounding_;
  int64_t height_; // floats of a column, whole vectors
  std::vector<float> columns_, rounded_, error_, errors_, moves_;
};

} // namespace

void quantizeWeights(MatrixView w, const Format &format, ScaleChoice choice, const ErrorFactor *factor,
                     const float *weights) {
  assert(!factor || factor->size() == w.cols);
  const ColumnRounding::Tensor tensor(format, w, choice);
  const std::vector<Batch> batches = batchesOf(w.cols, tensor.batchCols(), factor);
  std::vector<float> own;
  if (factor) {
    for (int64_t c = 0; c < w.cols; ++c)
      own.push_back(factor->weight(c));
    weights = own.data();
  }
  const int64_t each = tensor.tileRows();
  parallelFor((w.rows + each - 1) / each, [&](int64_t t) {
    const int64_t first = t * each, rows = std::min(each, w.rows - first);
    Tile tile(tensor, {w.row(first), rows, w.cols, w.stride}, first, factor, weights);
    for (const Batch &batch : batches)
      tile.run(batch);
  });
  settle(format, w);
}

double outputError(ConstMatrixView a, ConstMatrixView b, ConstMatrixView h) {
  std::vector<double> ofRow(static_cast<size_t>(a.rows), 0);
  parallelFor(a.rows, [&](int64_t r) {
    for (int64_t i = 0; i < a.cols; ++i) {
      double sum = 0;
      for (int64_t j = 0; j < a.cols; ++j)
        sum += static_cast<double>(h.row(i)[j]) * (a.row(r)[j] - b.row(r)[j]);
      ofRow[static_cast<size_t>(r)] += sum * (a.row(r)[i] - b.row(r)[i]);
    }
  });
  double sum = 0;
  for (const double one : ofRow)
    sum += one;
  return sum;
}

} // namespace mase
#endif
