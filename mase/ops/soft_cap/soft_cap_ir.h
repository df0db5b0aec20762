// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase.soft_cap`: each element times a scale, bent to stay below a cap.
///
/// Any shape; both numbers are above 0. The builder without a result type gives an f32 result.
/// Source  Gemma Team, Gemma 2, 2024, section 2
#pragma once

#include "mase/ir/operator.h"

#define GET_OP_CLASSES
#include "mase/ops/soft_cap/soft_cap.h.inc"
