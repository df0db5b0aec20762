// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Prints the IR of the model in the directory argv[1]: what the lit tests of the LLaMA builder read.

#include "mase/frontend/llama.h"

#include "mase/ops/register_dialect.h"

#include "mlir/IR/Verifier.h"
#include "llvm/Support/raw_ostream.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mase::ir::registerDialect(registry);
  mlir::MLIRContext context(registry);
  mlir::OwningOpRef<mlir::ModuleOp> model =
      mase::buildLlama(context, mase::readLlamaConfig(argv[1]), mase::openSafetensors(argv[1]));
  model->print(llvm::outs());
  llvm::outs() << "\n"; // as mase-opt ends
  return failed(mlir::verify(*model));
}
