// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/register_dialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mase::ir {

void registerDialect(mlir::DialectRegistry &registry) {
  registry.insert<MaseDialect, mlir::func::FuncDialect>();
  registry.addExtension(+[](mlir::MLIRContext *, MaseDialect *dialect) {
#define MASE_OPERATOR(name) operators::name(*dialect);
#include "mase/ops/operators.inc"
#undef MASE_OPERATOR
  });
}

} // namespace mase::ir
