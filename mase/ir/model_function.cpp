// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ir/model_function.h"

namespace mase::ir {

using namespace mlir;

int64_t maxPositions(func::FuncOp model) {
  auto positions = model->getAttrOfType<IntegerAttr>(maxPositionsName);
  return positions ? positions.getInt() : 0;
}

void setMaxPositions(func::FuncOp model, int64_t positions) {
  model->setAttr(maxPositionsName, Builder(model.getContext()).getI64IntegerAttr(positions));
}

func::FuncOp modelFunction(ModuleOp module) { return module.lookupSymbol<func::FuncOp>("main"); }

} // namespace mase::ir
