// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase.rms_norm`: each row over its root mean square, times a weight.
///
/// input and result: tokens x features, or heads x tokens x features; weight: features. getEpsilon().convertToDouble()
/// is the number added to the mean square. The builder without a result type gives an f32 result.
#pragma once

#include "mase/ir/operator.h"

#define GET_OP_CLASSES
#include "mase/ops/rms_norm/rms_norm.h.inc"
