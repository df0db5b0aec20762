// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/register_gradients.h"

namespace mase::ir {

void registerGradients(mlir::DialectRegistry &registry) {
  registry.addExtension(+[](mlir::MLIRContext *context, MaseDialect *) {
#define MASE_GRADIENT(name) gradients::name(*context);
#include "mase/ops/gradients.inc"
#undef MASE_GRADIENT
  });
}

} // namespace mase::ir
