// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase.layer_norm`: each row without its mean, over its standard deviation, times a weight, plus a bias.
///
/// input and result: tokens x features; weight and bias: features. getEpsilon().convertToDouble() is the number added
/// to the variance. The builder without a result type gives an f32 result. Source  Ba et al., Layer Normalization, 2016
#pragma once

#include "mase/ir/operator.h"

#define GET_OP_CLASSES
#include "mase/ops/layer_norm/layer_norm.h.inc"
