// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// mase-opt: runs passes on MASE IR, text or bytecode, as MLIR users expect of an `opt` tool.

#include "mase/ops/register_dialect.h"
#include "mase/ops/register_gradients.h"
#include "mase/runtime/assign_formats_pass.h"
#include "mase/runtime/training/gradient_pass.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

static llvm::cl::extrahelp examples("\nExamples:\n"
                                    "  mase-opt model.mlir --cse\n"
                                    "  mase-opt model.mlir --mase-assign-formats=config=formats.toml -o q.mlir\n");

int main(int argc, char **argv) {
  llvm::cl::SetVersionPrinter(
      [](llvm::raw_ostream &out) { out << "mase-opt " MASE_VERSION " (MLIR " LLVM_VERSION_STRING ")\n"; });
  mlir::DialectRegistry registry;
  mase::ir::registerDialect(registry);
  mase::ir::registerGradients(registry);
  mlir::registerTransformsPasses();
  mase::registerAssignFormatsPass();
  mase::registerGradientPass();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "Passes on MASE IR\n", registry));
}
