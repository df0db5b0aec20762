// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/training/gradient_pass.h"

#include "mase/ir/differentiable.h"
#include "mase/ir/operator.h"
#include "mase/ops/adamw/adamw_ir.h"
#include "mase/ops/add/add_ir.h"
#include "mase/ops/cross_entropy/cross_entropy_ir.h"
#include "mase/ops/distillation/distillation_ir.h"
#include "mase/ops/weight/weight_ir.h"

#include "llvm/ADT/DenseSet.h"

namespace mase {
namespace {

using namespace mlir;
using namespace mase::ir;

class Backward {
public:
  explicit Backward(func::FuncOp model) : builder_(model.getBody().front().getTerminator()) {
    for (Operation &op : model.getBody().front())
      if (isa<WeightOp>(op) || llvm::any_of(op.getOperands(), [&](Value v) { return learns_.contains(v); }))
        learns_.insert(op.result_begin(), op.result_end());
  }

  void add(Value value, Value gradient) {
    Value &sum = gradients_[value];
    sum = sum ? builder_.create<AddOp>(gradient.getLoc(), f32Like(gradient), sum, gradient, HwAttr()).getResult()
              : gradient;
  }

  // Readers come before what they read, so that a value's gradient is whole when its writer is reached.
  LogicalResult run(ArrayRef<Operation *> forward) {
    for (Operation *op : llvm::reverse(forward)) {
      const Value by = op->getNumResults() == 1 ? gradients_.lookup(op->getResult(0)) : Value();
      if (!by || isa<WeightOp>(op))
        continue;
      auto differentiable = dyn_cast<Differentiable>(op);
      if (!differentiable)
        return op->emitOpError("has no gradient (operators of models have)");
      SmallVector<bool> wanted;
      for (Value operand : op->getOperands())
        wanted.push_back(learns_.contains(operand));
      SmallVector<Value> gradients = differentiable.buildGradient(builder_, by, wanted);
      for (auto [operand, gradient] : llvm::zip_equal(op->getOperands(), gradients))
        if (gradient)
          add(operand, gradient);
    }
    return success();
  }

  void update(WeightOp weight) {
    Value gradient = gradients_.lookup(weight.getResult());
    if (!gradient)
      return;
    const bool isMatrix = cast<RankedTensorType>(weight.getType()).getRank() > 1;
    builder_.create<AdamWOp>(weight.getLoc(), weight.getResult(), gradient, isMatrix);
  }

  OpBuilder &builder() { return builder_; }

private:
  OpBuilder builder_;
  llvm::DenseSet<Value> learns_; // weights and what depends on them
  llvm::DenseMap<Value, Value> gradients_;
};

} // namespace

LogicalResult buildTrainingStep(func::FuncOp model, const GradientOptions &options) {
  Block &body = model.getBody().front();
  Operation *end = body.getTerminator();
  auto logits =
      end->getNumOperands() == 1 ? dyn_cast<RankedTensorType>(end->getOperand(0).getType()) : RankedTensorType();
  if (!logits || logits.getRank() != 2)
    return model.emitOpError("returns no logits (one matrix is right)");
  SmallVector<Operation *> forward;
  for (Operation &op : body.without_terminator())
    forward.push_back(&op);

  MLIRContext *context = model.getContext();
  const int64_t rows = logits.getDimSize(0);
  const auto argument = [&](Type type) { return body.addArgument(type, model.getLoc()); };
  Value targets = argument(RankedTensorType::get({rows}, IntegerType::get(context, 32)));
  Value weights = argument(f32Tensor(context, {rows}));
  OpBuilder builder(end);
  Value result = end->getOperand(0);
  SmallVector<Value> losses = {builder.create<CrossEntropyOp>(model.getLoc(), result, targets)}, by = {weights};
  if (options.distillation) {
    by.push_back(argument(f32Tensor(context, {rows})));
    Value teacher = argument(f32Tensor(context, logits.getShape()));
    losses.push_back(builder.create<DistillationOp>(model.getLoc(), result, teacher, *options.distillation));
  }
  Backward backward(model);
  for (auto [loss, weight] : llvm::zip_equal(losses, by)) {
    forward.push_back(loss.getDefiningOp());
    backward.add(loss, weight);
  }
  if (failed(backward.run(forward)))
    return failure();
  for (Operation *op : forward)
    if (auto weight = dyn_cast<WeightOp>(op))
      backward.update(weight);
  end->setOperands(losses);
  model.setFunctionType(FunctionType::get(context, body.getArgumentTypes(), TypeRange(ValueRange(losses))));
  return success();
}

namespace {

class GradientPass : public PassWrapper<GradientPass, OperationPass<func::FuncOp>> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(GradientPass)

  GradientPass() = default;
  GradientPass(const GradientPass &other) : PassWrapper(other) {}

  llvm::StringRef getArgument() const override { return "mase-gradient"; }
  llvm::StringRef getDescription() const override { return "Turn a model into its training step"; }
  void getDependentDialects(DialectRegistry &registry) const override { registry.insert<MaseDialect>(); }

  void runOnOperation() override {
    GradientOptions options;
    if (distillation_ > 0)
      options.distillation = distillation_;
    if (failed(buildTrainingStep(getOperation(), options)))
      signalPassFailure();
  }

private:
  Option<double> distillation_{*this, "distillation", llvm::cl::init(0.0),
                               llvm::cl::desc("Temperature of a teacher's logits, 0: no teacher")};
};

} // namespace

void registerGradientPass() { PassRegistration<GradientPass>(); }

} // namespace mase
