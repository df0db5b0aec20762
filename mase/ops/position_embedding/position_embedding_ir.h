// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase.position_embedding`: adds to each row the row of a learned table that its position chooses.
///
/// input and result: tokens x features; table: positions x features. getOffset() is the table's row of position 0. The
/// builder without a result type gives an f32 result.
/// Source  Gehring et al., Convolutional Sequence to Sequence Learning, 2017; the offset: Zhang et al., OPT, 2022
#pragma once

#include "mase/ir/operator.h"

#define GET_OP_CLASSES
#include "mase/ops/position_embedding/position_embedding.h.inc"
