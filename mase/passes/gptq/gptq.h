// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Quantises the weights of one linear so that its outputs change least: GPTQ, for any format and block shape.
///
/// A column is rounded, the columns behind it make up for its error, the next column is rounded. A block's scale is
/// chosen with the compensated weights when its first column is reached. Rows are independent, so tiles of rows run in
/// parallel, with the same bits for any number of threads; within a tile errors are carried over batches of columns by
/// the fp32 product of the linears (packed_gemm.h).
/// Source  Frantar et al., GPTQ, 2022 (arXiv 2210.17323)
/// Cost    rows x cols^2 multiply-adds: bench/gptq/
#pragma once

#include "mase/passes/gptq/column_rounding.h"
#include "mase/passes/gptq/error_factor.h"

namespace mase {

/// Quantises `w` (outputs x inputs) in place.
/// factor   of the inputs' second moments; null: every column is rounded by itself, and `weights` says what its errors
///          cost (null: all the same)
void quantizeWeights(MatrixView w, const Format &format, ScaleChoice choice, const ErrorFactor *factor,
                     const float *weights = nullptr);

/// trace((A - B) H (A - B)^T): the squared error of a linear's outputs, summed over the inputs that H was made of.
double outputError(ConstMatrixView a, ConstMatrixView b, ConstMatrixView h);

} // namespace mase
