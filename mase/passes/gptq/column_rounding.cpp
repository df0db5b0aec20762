// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/passes/gptq/column_rounding.h"

#include "mase/formats/power_of_two_scale.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mase {
namespace {

constexpr int64_t usualRows = 64, usualCols = 128, vectorWidth = 16;

int64_t roundedUp(int64_t count, int64_t step) { return (count + step - 1) / step * step; }

// Where the kernel's quotients are exact enough.
bool isUsual(double scale) { return scale > 0x1p-60 && scale < 0x1p60; }

// The scales that a search tries beside the one that the format takes. Smaller ones clip the largest weights.
std::vector<uint32_t> candidates(const BlockFormat &format, uint32_t code, float largest, uint32_t outer,
                                 bool anchored) {
  std::vector<uint32_t> result = {code};
  const Scale &scale = format.scale();
  const auto add = [&](int64_t other) {
    if (other >= 0 && other < scale.nanCode() && scale.isCode(static_cast<uint32_t>(other)))
      result.push_back(static_cast<uint32_t>(other));
  };
  const auto centre = static_cast<int64_t>(code);
  if (dynamic_cast<const PowerOfTwoScale *>(&scale)) {
    add(centre - 1);
    if (!anchored)
      add(centre + 1);
  } else if (scale.bits() <= 8) {
    for (int64_t down = 1; down <= 5; ++down)
      add(centre - down);
  } else {
    for (const float share : {0.95F, 0.9F, 0.85F, 0.8F, 0.7F, 0.6F, 0.5F})
      result.push_back(scale.choose(largest * share, format.element(), outer));
  }
  return result;
}

} // namespace

ColumnRounding::Tensor::Tensor(const Format &format, ConstMatrixView w, ScaleChoice choice)
    : format_(format), blocks_(dynamic_cast<const BlockFormat *>(&format)), choice_(choice), w_(w),
      block_(format.block()) {
  block_.rows = std::clamp<int64_t>(block_.rows, 1, std::max<int64_t>(w.rows, 1));
  block_.cols = std::clamp<int64_t>(block_.cols, 1, std::max<int64_t>(w.cols, 1));
  if (!blocks_)
    return;
  const Scale &scale = blocks_->scale();
  // A block of a grid under a power of two that loses its largest element lies on the finer grid of the scale below.
  anchored_ = !dynamic_cast<const PowerOfTwoScale *>(&scale) || !blocks_->element().grid();
  if (scale.outer() == OuterScale::none)
    return;
  const bool byRow = scale.outer() == OuterScale::row;
  for (int64_t first = 0; first < w.rows; first += byRow ? 1 : w.rows) {
    float largest = 0;
    int64_t row = first, col = 0;
    for (int64_t r = first; r < (byRow ? first + 1 : w.rows); ++r)
      for (int64_t c = 0; c < w.cols; ++c)
        if (std::fabs(w.row(r)[c]) > largest)
          largest = std::fabs(w.row(r)[c]), row = r, col = c;
    outer_.push_back(scale.chooseOuter(largest, blocks_->element()));
    outerRow_.push_back(row / block_.rows);
    outerCol_.push_back(col / block_.cols * block_.cols);
  }
}

int64_t ColumnRounding::Tensor::tileRows() const {
  return std::max<int64_t>(std::min(roundedUp(usualRows, block_.rows), w_.rows), 1);
}

int64_t ColumnRounding::Tensor::batchCols() const {
  if (block_.cols >= w_.cols)
    return usualCols;
  return std::max(usualCols / block_.cols, int64_t{1}) * block_.cols;
}

ColumnRounding::ColumnRounding(const Tensor &tensor, int64_t first, int64_t rows)
    : tensor_(tensor), first_(first), rows_(rows), scale_(static_cast<size_t>(roundedUp(rows, vectorWidth)), 1.0F),
      inverse_(scale_), exact_(static_cast<size_t>(rows), 1), rounded_(scale_.size()) {
  if (tensor.blocks_)
    anchors_.resize(static_cast<size_t>((rows + tensor.block_.rows - 1) / tensor.block_.rows));
}

void ColumnRounding::enter(int64_t col, const float *values, int64_t stride, const float *weights) {
  const BlockShape block = tensor_.block_;
  if (!tensor_.blocks_ || col % block.cols != 0)
    return;
  const int64_t cols = std::min(block.cols, tensor_.w_.cols - col);
  if (cols > tensor_.batchCols()) {
    // A block of whole rows: what is behind the batch is as it was, so it is read from the matrix.
    stride = std::ssize(scale_);
    gathered_.assign(static_cast<size_t>(cols * stride), 0.0F);
    for (int64_t r = 0; r < rows_; ++r)
      for (int64_t c = 0; c < cols; ++c)
        gathered_[static_cast<size_t>(c * stride + r)] = tensor_.w_.row(first_ + r)[col + c];
    values = gathered_.data();
  }
  choose(cols, col, values, stride, weights);
}

void ColumnRounding::choose(int64_t cols, int64_t col, const float *values, int64_t stride, const float *weights) {
  const BlockFormat &format = *tensor_.blocks_;
  const Scale &scale = format.scale();
  const int64_t blockRows = tensor_.block_.rows;
  const auto groups = std::ssize(anchors_);
  std::vector<std::vector<uint32_t>> tried(static_cast<size_t>(groups));
  std::vector<uint32_t> outers(static_cast<size_t>(groups), 0);
  size_t most = 0;
  for (int64_t g = 0; g < groups; ++g) {
    const auto at = static_cast<size_t>(g);
    const int64_t firstRow = g * blockRows, lastRow = std::min(firstRow + blockRows, rows_);
    Anchor &anchor = anchors_[at] = {};
    float largest = -1;
    for (int64_t c = 0; c < cols; ++c)
      for (int64_t r = firstRow; r < lastRow; ++r)
        if (std::fabs(values[c * stride + r]) > largest) {
          largest = std::fabs(values[c * stride + r]);
          anchor = {r, col + c, values[c * stride + r]};
        }
    bool keeps = false;
    if (!tensor_.outer_.empty()) {
      const size_t o = tensor_.outer_.size() == 1 ? 0 : static_cast<size_t>(first_ + firstRow);
      outers[at] = tensor_.outer_[o];
      keeps = tensor_.outerRow_[o] == (first_ + firstRow) / blockRows && tensor_.outerCol_[o] == col;
      if (keeps)
        largest = static_cast<float>(scale.value(scale.nanCode() - 1, outers[at]) * format.element().largest());
    }
    const uint32_t code = scale.choose(largest, format.element(), outers[at]);
    tried[at] = {code};
    if (tensor_.choice_ == ScaleChoice::search && !keeps && largest > 0)
      tried[at] = candidates(format, code, largest, outers[at], tensor_.anchored_);
    most = std::max(most, tried[at].size());
  }

  const auto set = [&](int64_t g, uint32_t code) {
    const double value = scale.value(code, outers[static_cast<size_t>(g)]);
    for (int64_t r = g * blockRows; r < std::min((g + 1) * blockRows, rows_); ++r) {
      exact_[static_cast<size_t>(r)] = value;
      scale_[static_cast<size_t>(r)] = static_cast<float>(value);
      inverse_[static_cast<size_t>(r)] = static_cast<float>(1 / value);
    }
  };
  const auto tell = [&] { quick_ = format.blockKernel() && std::all_of(exact_.begin(), exact_.end(), isUsual); };
  std::vector<Anchor> anchors(anchors_.size());
  anchors.swap(anchors_); // errors are those of free rounding
  std::vector<double> least(static_cast<size_t>(groups), std::numeric_limits<double>::infinity());
  std::vector<uint32_t> best(static_cast<size_t>(groups));
  std::vector<float> errors(scale_.size());
  for (size_t k = 0; k < most; ++k) {
    for (int64_t g = 0; g < groups; ++g)
      set(g, tried[static_cast<size_t>(g)][std::min(k, tried[static_cast<size_t>(g)].size() - 1)]);
    tell();
    std::fill(errors.begin(), errors.end(), 0.0F);
    for (int64_t c = 0; c < cols && most > 1; ++c) {
      const float *x = values + c * stride;
      const float weight = weights ? weights[c] : 1;
      round(col + c, x, rounded_.data());
      for (int64_t r = 0; r < rows_; ++r) {
        const float error = x[r] - rounded_[static_cast<size_t>(r)];
        errors[static_cast<size_t>(r)] += weight * error * error;
      }
    }
    for (int64_t g = 0; g < groups; ++g) {
      const auto at = static_cast<size_t>(g);
      double sum = 0;
      for (int64_t r = g * blockRows; r < std::min((g + 1) * blockRows, rows_); ++r)
        sum += errors[static_cast<size_t>(r)];
      if (k < tried[at].size() && sum < least[at])
        least[at] = sum, best[at] = tried[at][k];
    }
  }
  anchors.swap(anchors_);
  for (int64_t g = 0; g < groups; ++g) {
    const auto at = static_cast<size_t>(g);
    set(g, best[at]);
    Anchor &anchor = anchors_[at];
    if (!tensor_.anchored_ || anchor.value == 0)
      anchor = {};
    else
      anchor.value = static_cast<float>(
          format.element().round(std::copysign(0x1p100, static_cast<double>(anchor.value)), Ties::even) *
          scale.value(best[at], outers[at]));
  }
  tell();
}

void ColumnRounding::round(int64_t col, const float *x, float *y) const {
  if (!tensor_.blocks_)
    return tensor_.format_.fakeQuantize({x, 1, rows_}, {y, 1, rows_});
  const BlockFormat &format = *tensor_.blocks_;
  if (quick_)
    format.blockKernel()->quantizeUnder(scale_.data(), inverse_.data(), x, y, std::ssize(scale_));
  else
    for (int64_t r = 0; r < rows_; ++r) {
      const double scale = exact_[static_cast<size_t>(r)];
      y[r] = static_cast<float>(format.element().round(x[r] / scale, Ties::even) * scale);
    }
  for (const Anchor &anchor : anchors_)
    if (anchor.col == col)
      y[anchor.row] = anchor.value;
}

bool settle(const Format &format, MatrixView w) {
  constexpr int mostTimes = 16;
  std::vector<float> memory(static_cast<size_t>(w.rows * w.cols));
  const MatrixView again(memory.data(), w.rows, w.cols);
  for (int i = 0; i < mostTimes; ++i) {
    format.fakeQuantize(w, again);
    bool same = true;
    for (int64_t r = 0; r < w.rows; ++r) {
      same = same && std::equal(w.row(r), w.row(r) + w.cols, again.row(r));
      std::copy_n(again.row(r), w.cols, w.row(r));
    }
    if (same)
      return true;
  }
  return false;
}

} // namespace mase
