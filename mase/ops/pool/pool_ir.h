// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase.pool`: the row of one token, for the whole sequence.
///
/// tokens x features -> 1 x features; getToken() is "first" or "last". The builder without a result type gives an f32
/// result.
#pragma once

#include "mase/ir/operator.h"

#define GET_OP_CLASSES
#include "mase/ops/pool/pool.h.inc"
