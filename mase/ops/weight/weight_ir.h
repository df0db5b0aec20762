// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase.weight`: a tensor of the model's files, by reference.
///
/// getName() is the tensor's name there; getFile() is empty when the name alone says where it is. The result's type is
/// the shape and element type that the file has; whoever opens the file checks them.
#pragma once

#include "mase/ir/operator.h"
#include "mase/ops/weight/weight_view.h"

#define GET_OP_CLASSES
#include "mase/ops/weight/weight.h.inc"

namespace mase::ir {

/// How the weight lies in the tensor that it names.
WeightView viewOf(WeightOp weight);

} // namespace mase::ir
