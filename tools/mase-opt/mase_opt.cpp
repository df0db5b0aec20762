// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// mase-opt: runs passes on MASE IR, text or bytecode, as MLIR users expect of an `opt` tool.
//
//   mase-opt model.mlir --mase-assign-formats=config=formats.toml
//   mase-opt model.mlir --emit-bytecode -o model.mlirbc

#include "mase/ops/register_dialect.h"
#include "mase/runtime/assign_formats_pass.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

int main(int argc, char **argv) {
  llvm::cl::SetVersionPrinter(
      [](llvm::raw_ostream &out) { out << "mase-opt " MASE_VERSION " (MLIR " LLVM_VERSION_STRING ")\n"; });
  mlir::DialectRegistry registry;
  mase::ir::registerDialect(registry);
  mlir::registerTransformsPasses();
  mase::registerAssignFormatsPass();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "Passes on MASE IR\n", registry));
}
