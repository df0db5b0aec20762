// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase.split_heads`: features of a row apart by head.
///
/// tokens x (heads * features) -> heads x tokens x features. The number of heads is the result's first size; the
/// builder takes it and gives an f32 result. Inverse: `mase.merge_heads`.
#pragma once

#include "mase/ir/operator.h"

#define GET_OP_CLASSES
#include "mase/ops/split_heads/split_heads.h.inc"
