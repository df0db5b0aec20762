// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase.rope`: rotary position embedding of the rows of each head.
///
/// input and result: heads x tokens x features, an even number of features. getTheta().convertToDouble() is the base of
/// the angles, RopeAngles what else they depend on. The builder without a result type gives an f32 result.
/// Source  Su et al., RoFormer, 2021; halves paired as in Hugging Face's LLaMA
#pragma once

#include "mase/ir/operator.h"
#include "mase/ops/rope/rope_angles.h"

#define GET_OP_CLASSES
#include "mase/ops/rope/rope.h.inc"
