// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase.merge_heads`: heads side by side in the features of a row.
///
/// heads x tokens x features -> tokens x (heads * features). The builder without a result type gives an f32 result.
/// Inverse: `mase.split_heads`.
#pragma once

#include "mase/ir/operator.h"

#define GET_OP_CLASSES
#include "mase/ops/merge_heads/merge_heads.h.inc"
