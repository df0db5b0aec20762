// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/training/lower_training.h"

#include "mase/ops/adamw/adamw_ir.h"
#include "mase/ops/gradient/gradient_ir.h"
#include "mase/ops/gradient_registry.h"
#include "mase/ops/registry.h"
#include "mase/runtime/describe.h"
#include "mase/support/error.h"

#include "llvm/ADT/DenseMap.h"

namespace mase {
namespace {

using Kind = TrainingStep::Kind;

class TrainingLowering {
public:
  TrainingLowering(mlir::func::FuncOp function, int64_t maxRows, const TensorSource &tensor) : tensor_(tensor) {
    graph_.maxRows = maxRows;
    for (mlir::BlockArgument argument : function.getArguments())
      if (mlir::cast<mlir::RankedTensorType>(argument.getType()).getElementType().isF32())
        graph_.arguments.push_back(define(argument, false));
  }

  void add(mlir::Operation *op) {
    if (auto gradient = mlir::dyn_cast<ir::GradientOp>(op))
      return addGradient(gradient);
    TrainingStep step;
    step.op.name = op->getName().stripDialect().str();
    copyAttributes(op->getAttrs(), step.op);
    const OperatorEntry *entry = findOperator(step.op.name);
    if (entry && entry->kind == OperatorEntry::Kind::constant)
      return addConstant(op, step.op);
    // A cast of a weight is that weight: who reads it quantises it.
    if (entry && entry->kind == OperatorEntry::Kind::view && constants_.count(op->getOperand(0))) {
      constants_[op->getResult(0)] = Constant(constants_[op->getOperand(0)]);
      return;
    }
    readOperands(op->getOperands(), step);
    if (mlir::isa<ir::AdamWOp>(op)) {
      step.kind = Kind::update;
    } else {
      step.kind = entry ? Kind::forward : Kind::loss;
      if (!entry && !makeLoss(step.op))
        fail("operator '{}' cannot be trained (mase ops lists those that can)", op->getName().getStringRef().str());
      step.output = define(op->getResult(0), isOfStep(step.inputs));
    }
    if (entry && entry->hasSlots)
      step.formats = formatsOf(op->getOperands());
    if (entry)
      noteTables(step, op->getOperands());
    append(std::move(step));
  }

  TrainingGraph take() { return std::move(graph_); }

private:
  void addConstant(mlir::Operation *op, const OperatorDescription &weight) {
    const auto type = mlir::cast<mlir::RankedTensorType>(op->getResult(0).getType());
    constants_[op->getResult(0)] =
        tensor_(weight.attribute<std::string>("name"), weightView(weight, type.getShape().vec()));
  }

  void addGradient(ir::GradientOp op) {
    TrainingStep step;
    step.kind = Kind::gradient;
    step.op.name = op.getOf().str();
    copyAttributes(op.getDescription().getValue(), step.op);
    if (!findGradient(step.op.name))
      fail("the gradient of '{}' cannot be executed (it is made of other operators)", step.op.name);
    readOperands(op.getInputs(), step);
    step.by = values_.at(op.getBy());
    if (op.getOutput())
      step.output = values_.at(op.getOutput());
    llvm::DenseMap<int64_t, mlir::Value> wanted;
    for (auto [operand, gradient] : llvm::zip_equal(op.getWanted(), op.getGradients()))
      wanted[operand] = gradient;
    for (auto [i, operand] : llvm::enumerate(op.getInputs())) {
      const mlir::Value gradient = wanted.lookup(static_cast<int64_t>(i));
      if (constants_.count(operand))
        step.constantGradients.push_back(gradient ? define(gradient, true) : -1);
      else if (values_.count(operand))
        step.inputGradients.push_back(gradient ? define(gradient, false) : -1);
    }
    const OperatorEntry *entry = findOperator(step.op.name);
    if (entry && entry->hasSlots)
      step.formats = formatsOf(op.getInputs());
    append(std::move(step));
  }

  /// Constants and values apart; what is neither are ids, which every kernel is given.
  void readOperands(mlir::ValueRange operands, TrainingStep &step) {
    for (mlir::Value operand : operands)
      if (constants_.count(operand)) {
        step.op.constants.push_back(constants_[operand]);
      } else if (const auto found = values_.find(operand); found != values_.end()) {
        step.inputs.push_back(found->second);
        step.op.inputs.push_back(graph_.values[static_cast<size_t>(found->second)].shape);
      }
  }

  /// Of weight and input, as a linear's slots are numbered.
  std::vector<const Format *> formatsOf(mlir::ValueRange operands) {
    std::vector<const Format *> formats(2, &fp32());
    for (mlir::Value operand : llvm::reverse(operands))
      if (constants_.count(operand) && mlir::cast<mlir::RankedTensorType>(operand.getType()).getRank() > 1)
        formats[0] = &ir::formatOf(operand);
      else if (values_.count(operand))
        formats[1] = &ir::formatOf(operand);
    return formats;
  }

  /// The tables that ids and types index.
  void noteTables(const TrainingStep &step, mlir::ValueRange operands) {
    for (mlir::Value operand : operands)
      if (auto argument = mlir::dyn_cast<mlir::BlockArgument>(operand); argument && !values_.count(operand)) {
        int64_t &rows = argument.getArgNumber() == 0 ? graph_.vocabulary : graph_.tokenTypes;
        rows = step.op.constants.at(0).values.rows;
      }
  }

  bool isOfStep(const std::vector<int> &inputs) const {
    return llvm::any_of(inputs, [&](int v) { return graph_.values[static_cast<size_t>(v)].ofStep; });
  }

  void append(TrainingStep step) {
    const bool ofStep = step.kind == Kind::update || isOfStep(step.inputs) ||
                        (step.by >= 0 && graph_.values[static_cast<size_t>(step.by)].ofStep);
    (ofStep ? graph_.step : graph_.sequence).push_back(std::move(step));
  }

  /// A vector of a sequence is a column, one of a weight a row.
  int define(mlir::Value value, bool ofStep) {
    const auto type = mlir::cast<mlir::RankedTensorType>(value.getType());
    ValueShape shape;
    if (type.getRank() > 1)
      shape = shapeOf(value);
    else if (ofStep)
      shape = {1, type.getDimSize(0), 1};
    else
      shape = {1, 1, type.isDynamicDim(0) ? -1 : type.getDimSize(0)};
    const auto number = static_cast<int>(graph_.values.size());
    graph_.values.push_back({shape, ofStep});
    values_[value] = number;
    return number;
  }

  const TensorSource &tensor_;
  TrainingGraph graph_;
  llvm::DenseMap<mlir::Value, Constant> constants_;
  llvm::DenseMap<mlir::Value, int> values_;
};

} // namespace

TrainingGraph lowerTraining(mlir::func::FuncOp function, int64_t maxRows, const TensorSource &tensor) {
  TrainingLowering lowering(function, maxRows, tensor);
  for (mlir::Operation &op : function.getBody().front().without_terminator())
    lowering.add(&op);
  return lowering.take();
}

} // namespace mase
