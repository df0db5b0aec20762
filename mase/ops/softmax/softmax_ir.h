// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase.softmax`: softmax of each row, times a scale first.
///
/// input and result: heads x rows x columns. getScale().convertToDouble() is 1/sqrt(features) in attention. The builder
/// without a result type gives an f32 result.
#pragma once

#include "mase/ir/operator.h"

namespace mase::ir {

struct SoftmaxOptions {
  double scale = 1;
  bool causal = false;
  int64_t window = 0; ///< keys that a row sees at most; 0: all
};

} // namespace mase::ir

#define GET_OP_CLASSES
#include "mase/ops/softmax/softmax.h.inc"
