// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase.distillation`: how far each token's prediction lies from a teacher's, in nats.
///
/// logits and teacher: tokens x vocabulary; result: tokens. getTemperature().convertToDouble() is above 0. The builder
/// without a result type gives an f32 result.
#pragma once

#include "mase/ir/operator.h"

#define GET_OP_CLASSES
#include "mase/ops/distillation/distillation.h.inc"
