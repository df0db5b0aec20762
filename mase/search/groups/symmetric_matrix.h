// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A small dense symmetric positive definite matrix and its Cholesky factor: what a regression of a hundred unknowns
/// needs. Everything is computed in one fixed order, so results do not depend on a library's version.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace mase::groups {

class SymmetricMatrix {
public:
  SymmetricMatrix() = default;
  explicit SymmetricMatrix(size_t size) : size_(size), values_(size * size) {}

  size_t size() const { return size_; }
  /// Element (row, column); only row >= column is ever read.
  double &at(size_t row, size_t column) { return values_[row * size_ + column]; }
  double at(size_t row, size_t column) const { return values_[row * size_ + column]; }
  /// Adds weight x x^T.
  void addOuter(std::span<const double> x, double weight);

  /// Replaces the lower triangle by the factor L of L L^T. The matrix must be positive definite (assertion).
  void factorize();
  /// For a factorized matrix: solves L y = b, L^T y = b, in place.
  void solveLower(std::span<double> b) const;
  void solveUpper(std::span<double> b) const;
  /// The inverse of a factorized matrix.
  SymmetricMatrix inverse() const;

private:
  size_t size_ = 0;
  std::vector<double> values_;
};

} // namespace mase::groups
