// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient/gradient_ir.h"
#include "mase/ops/matmul/matmul_ir.h"
#include "mase/ops/register_gradients.h"

namespace mase::ir {

void gradients::matmul(mlir::MLIRContext &context) { MatmulOp::attachInterface<GradientByKernel<MatmulOp>>(context); }

} // namespace mase::ir
