// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase.cast`: the same tensor in another format.
///
/// The format that a cast writes is formatOf(op.getResult()), of types.h. A cast to the type its input has folds away,
/// and equal casts of one value are merged by CSE.
#pragma once

#include "mase/ir/operator.h"

#define GET_OP_CLASSES
#include "mase/ops/cast/cast.h.inc"
