// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase.gelu`: x times the normal distribution function of x, element by element.
///
/// Any shape. The builder without a result type gives an f32 result.
/// Source  Hendrycks and Gimpel, Gaussian Error Linear Units, 2016
#pragma once

#include "mase/ir/operator.h"

#define GET_OP_CLASSES
#include "mase/ops/gelu/gelu.h.inc"
