// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ir/differentiable.h"

#include "mase/ir/differentiable.cpp.inc"
