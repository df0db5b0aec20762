// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient/gradient_ir.h"
#include "mase/ops/cast/cast_ir.h"
#include "mase/ops/register_gradients.h"

namespace mase::ir {
namespace {

struct CastGradient : public Differentiable::ExternalModel<CastGradient, CastOp> {
  llvm::SmallVector<mlir::Value> buildGradient(mlir::Operation *op, mlir::OpBuilder &builder, mlir::Value by,
                                               llvm::ArrayRef<bool> wanted) const {
    // A change to f32 is exact; a change to a format passes the gradient but where an element saturates.
    const Format &format = formatOf(op->getResult(0));
    if (&format == &fp32())
      return {wanted[0] ? by : mlir::Value()};
    auto name = builder.getNamedAttr("format", builder.getStringAttr(format.name()));
    return buildGradientOp(op, builder, by, wanted, ReadsResult::no, builder.getDictionaryAttr(name));
  }
};

} // namespace

void gradients::cast(mlir::MLIRContext &context) { CastOp::attachInterface<CastGradient>(context); }

} // namespace mase::ir
