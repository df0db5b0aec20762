// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/lower.h"

#include "mase/ops/registry.h"
#include "mase/runtime/describe.h"
#include "mase/support/error.h"

#include "llvm/ADT/DenseMap.h"

namespace mase {
namespace {

class Lowering {
public:
  Lowering(int64_t maxRows, const TensorSource &tensor) : tensor_(tensor) { graph_.maxRows = maxRows; }

  void add(mlir::Operation *op) {
    const std::string name = op->getName().stripDialect().str();
    const OperatorEntry *entry = findOperator(name);
    if (!entry)
      fail("operator '{}' cannot be executed (mase ops lists those that can)", op->getName().getStringRef().str());
    const mlir::Value result = op->getResult(0);
    if (entry->kind == OperatorEntry::Kind::constant) {
      OperatorDescription weight;
      copyAttributes(op->getAttrs(), weight);
      const auto type = mlir::cast<mlir::RankedTensorType>(result.getType());
      constants_[result] = tensor_(weight.attribute<std::string>("name"), weightView(weight, type.getShape().vec()));
      return;
    }
    // A view of a constant (a cast of a weight) is that constant: its format is the assignment's.
    if (entry->kind == OperatorEntry::Kind::view && constants_.count(op->getOperand(0))) {
      constants_[result] = Constant(constants_[op->getOperand(0)]);
      return;
    }
    GraphStep step;
    bool readsTypes = false;
    step.op.name = name;
    copyAttributes(op->getAttrs(), step.op);
    for (mlir::Value operand : op->getOperands()) {
      if (constants_.count(operand)) {
        step.op.constants.push_back(constants_[operand]);
      } else if (values_.count(operand)) {
        step.inputs.push_back(values_[operand]);
        step.op.inputs.push_back(shapeOf(operand));
      } else if (auto argument = mlir::dyn_cast<mlir::BlockArgument>(operand); argument.getArgNumber() == 1) {
        readsTypes = true;
      } // else the token ids: every kernel is given both
    }
    if (entry->hasSlots)
      step.module = step.op.attribute<std::string>("module");
    step.output = static_cast<int>(graph_.values.size());
    values_[result] = step.output;
    graph_.values.push_back(shapeOf(result));
    if (graph_.vocabulary == 0 && step.inputs.empty())
      graph_.vocabulary = step.op.constants.at(0).values.rows; // the table that the ids index
    if (readsTypes)
      graph_.tokenTypes = step.op.constants.at(0).values.rows; // the table that the types index
    graph_.steps.push_back(std::move(step));
  }

  Graph take() { return std::move(graph_); }

private:
  const TensorSource &tensor_;
  Graph graph_;
  llvm::DenseMap<mlir::Value, Constant> constants_;
  llvm::DenseMap<mlir::Value, int> values_;
};

} // namespace

Graph lower(mlir::func::FuncOp function, int64_t maxRows, const TensorSource &tensor) {
  Lowering lowering(maxRows, tensor);
  for (mlir::Operation &op : function.getBody().front().without_terminator())
    lowering.add(&op);
  return lowering.take();
}

} // namespace mase
