// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The contenders of the fake-quantisation benchmark, one file each.
///
/// All take a matrix of fp32 to another, or to itself; memcpy is the bound that memory sets, as it does no arithmetic.
#pragma once

#include "mase/support/matrix.h"

namespace mase::bench {

/// mase.cpp: the kernel behind the format mxint<bits>.
void quantizeWithMase(int bits, ConstMatrixView x, MatrixView y);

/// memcpy.cpp: the C library's copy; `x` and `y` differ.
void copyWithMemcpy(ConstMatrixView x, MatrixView y);

} // namespace mase::bench
