// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// How the error of one column of a linear's weights is best made good by the columns behind it.
///
/// The squared error of the outputs is that of W times H^(1/2), H the second moments of the inputs. With H^-1 = U^T U,
/// U upper triangular, an error e of column j costs least when column k > j is moved by -e U(j, k) / U(j, j). Source
/// Frantar et al., GPTQ: Accurate post-training quantization for generative pre-trained transformers, 2022
///         (arXiv 2210.17323)
#pragma once

#include "mase/ops/linear/packed_gemm.h"
#include "mase/support/matrix.h"

#include <vector>

namespace mase {

/// Lower triangular L with A = L L^T, in place of A's lower triangle; what is above the diagonal is zero then.
/// Parallel, the same bits for any number of threads. Returns  whether A is positive definite; else what it holds is of
/// no use.
bool factorCholesky(MatrixView a);

/// The inverse of a lower triangular matrix, lower triangular too. Parallel likewise.
std::vector<float> inverseOfLower(ConstMatrixView lower);

class ErrorFactor {
public:
  /// h        size x size, symmetric, positive semidefinite
  /// damping  added to the diagonal, in units of its mean; raised tenfold as often as it takes to make H definite
  ErrorFactor(ConstMatrixView h, double damping);

  int64_t size() const { return size_; }
  /// U(j, j .. size).
  const float *row(int64_t j) const { return upper_.data() + j * size_; }
  /// What an error in column j costs when those behind make up for it: U(j, j)^-2.
  float weight(int64_t j) const { return 1 / (row(j)[j] * row(j)[j]); }

private:
  int64_t size_;
  std::vector<float> upper_;
};

} // namespace mase
