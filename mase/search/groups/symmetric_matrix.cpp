// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/groups/symmetric_matrix.h"

#include <cassert>
#include <cmath>

namespace mase::groups {

void SymmetricMatrix::addOuter(std::span<const double> x, double weight) {
  assert(x.size() == size_);
  for (size_t row = 0; row < size_; ++row) {
    const double scaled = weight * x[row];
    if (scaled == 0)
      continue;
    for (size_t column = 0; column <= row; ++column)
      at(row, column) += scaled * x[column];
  }
}

void SymmetricMatrix::factorize() {
  for (size_t row = 0; row < size_; ++row) {
    for (size_t column = 0; column <= row; ++column) {
      double sum = at(row, column);
      for (size_t k = 0; k < column; ++k)
        sum -= at(row, k) * at(column, k);
      if (row == column) {
        assert(sum > 0);
        at(row, row) = std::sqrt(sum);
      } else {
        at(row, column) = sum / at(column, column);
      }
    }
  }
}

void SymmetricMatrix::solveLower(std::span<double> b) const {
  for (size_t row = 0; row < size_; ++row) {
    for (size_t k = 0; k < row; ++k)
      b[row] -= at(row, k) * b[k];
    b[row] /= at(row, row);
  }
}

void SymmetricMatrix::solveUpper(std::span<double> b) const {
  for (size_t row = size_; row-- > 0;) {
    for (size_t k = row + 1; k < size_; ++k)
      b[row] -= at(k, row) * b[k];
    b[row] /= at(row, row);
  }
}

SymmetricMatrix SymmetricMatrix::inverse() const {
  SymmetricMatrix inverse(size_);
  std::vector<double> column(size_);
  for (size_t c = 0; c < size_; ++c) {
    column.assign(size_, 0);
    column[c] = 1;
    solveLower(column);
    solveUpper(column);
    for (size_t row = c; row < size_; ++row)
      inverse.at(row, c) = column[row];
  }
  return inverse;
}

} // namespace mase::groups
