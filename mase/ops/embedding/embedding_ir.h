// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase.embedding`: rows of a table, chosen by token ids.
///
/// ids: tokens, i32; table: vocabulary x features; result: tokens x features. The builder without a result type gives
/// an f32 result.
#pragma once

#include "mase/ir/operator.h"

#define GET_OP_CLASSES
#include "mase/ops/embedding/embedding.h.inc"
