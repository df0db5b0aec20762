// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase.cross_entropy`: loss of each token, in nats.
///
/// logits: tokens x vocabulary; targets: tokens, i32; result: tokens. The builder without a result type gives an f32
/// result.
#pragma once

#include "mase/ir/operator.h"

#define GET_OP_CLASSES
#include "mase/ops/cross_entropy/cross_entropy.h.inc"
