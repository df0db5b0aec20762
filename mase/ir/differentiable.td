// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The interface of every operator that knows its gradient.
#ifndef MASE_IR_DIFFERENTIABLE_TD
#define MASE_IR_DIFFERENTIABLE_TD

include "mlir/IR/OpBase.td"

def Mase_Differentiable : OpInterface<"Differentiable"> {
  let cppNamespace = "::mase::ir";
  let description = [{
    Builds an operator's gradient in the dialect. Operators get it as an external model, from gradient_ir.cpp in their
    folder (mase/ops/register_gradients.h), so that who only runs models pays nothing for it.
  }];
  let methods = [
    InterfaceMethod<[{
      Builds the gradients of the operands, given that of the result: one value for each operand, as an f32 tensor of the
      operand's shape, null where `wanted` is false (or the operand has none: ids). `wanted` has an entry for each operand.
    }], "::llvm::SmallVector<::mlir::Value>", "buildGradient",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Value":$gradient, "::llvm::ArrayRef<bool>":$wanted)>
  ];
}

#endif
