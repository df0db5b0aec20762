// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Levels 1 and 2 of `rope`: rotary position embedding: the pair (c, c + D/2) of a head turns by position *
/// theta^(-2c/D); others stay where the head turns in part. Source: Su et al., RoFormer, 2021, with the halves as
/// Hugging Face's LLaMA pairs them.
#pragma once

#include "mase/ops/operator.h"

namespace mase {

/// The kernel of one operator of the model: what operator.h says of shapes and threads holds.
std::unique_ptr<Kernel> makeRope(const OperatorDescription &);

} // namespace mase
