// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase.tanh`: hyperbolic tangent, element by element.
///
/// Any shape. The builder without a result type gives an f32 result.
#pragma once

#include "mase/ir/operator.h"

#define GET_OP_CLASSES
#include "mase/ops/tanh/tanh.h.inc"
