// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient/gradient_ir.h"
#include "mase/ops/pool/pool_ir.h"
#include "mase/ops/register_gradients.h"

namespace mase::ir {

void gradients::pool(mlir::MLIRContext &context) { PoolOp::attachInterface<GradientByKernel<PoolOp>>(context); }

} // namespace mase::ir
