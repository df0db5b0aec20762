// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase.silu`: x / (1 + e^-x), element by element.
///
/// Any shape. The builder without a result type gives an f32 result.
/// Source  Elfwing et al., Sigmoid-Weighted Linear Units, 2017
#pragma once

#include "mase/ir/operator.h"

#define GET_OP_CLASSES
#include "mase/ops/silu/silu.h.inc"
