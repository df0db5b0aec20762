// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient/gradient_ir.h"
#include "mase/ops/register_gradients.h"
#include "mase/ops/silu/silu_ir.h"

namespace mase::ir {

void gradients::silu(mlir::MLIRContext &context) { SiluOp::attachInterface<GradientByKernel<SiluOp>>(context); }

} // namespace mase::ir
