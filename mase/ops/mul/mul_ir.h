// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase.mul`: lhs * rhs, element by element, as between a gate and a value.
///
/// Both operands and the result have one shape; nothing is broadcast. The builder without a result type gives an f32
/// result.
#pragma once

#include "mase/ir/operator.h"

#define GET_OP_CLASSES
#include "mase/ops/mul/mul.h.inc"
