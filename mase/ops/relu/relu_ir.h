// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase.relu`: max(x, 0), element by element.
///
/// Any shape. The builder without a result type gives an f32 result.
/// Source  Nair and Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines, 2010
#pragma once

#include "mase/ir/operator.h"

#define GET_OP_CLASSES
#include "mase/ops/relu/relu.h.inc"
