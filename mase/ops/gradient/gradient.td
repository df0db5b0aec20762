// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_GRADIENT_TD
#define MASE_OPS_GRADIENT_TD

include "mase/ir/operator.td"

def Mase_GradientOp : Mase_Op<"gradient", [Pure, AttrSizedOperandSegments]> {
  let summary = "Gradients of an operator's operands, by that of its result";
  let description = [{
    `of` names the operator; its operands and attributes follow, its result where the gradient reads it, and the gradient
    of the result. `wanted` lists the operands, ascending, whose gradients are the results: f32 tensors of the operands'
    shapes. What the numbers are is the operator's (gradient.cpp in its folder). Of a cast it is the straight-through
    estimator: the gradient passes, but not where the element lies beyond the format's largest.

    ```mlir
    %dx, %dw = mase.gradient "rms_norm"(%x, %w) by %dy wanted [0, 1] with {epsilon = 1.0e-05}
      : (tensor<?x128xf32>, tensor<128xbf16>), tensor<?x128xf32> -> tensor<?x128xf32>, tensor<128xf32>
    ```
  }];
  let arguments = (ins StrAttr:$of, Variadic<AnyRankedTensor>:$inputs, Optional<AnyRankedTensor>:$output,
                       AnyRankedTensor:$by, DenseI64ArrayAttr:$wanted, DictionaryAttr:$description);
  let results = (outs Variadic<Mase_Tensor>:$gradients);
  let assemblyFormat = [{
    $of `(` $inputs `)` (`result` $output^ `:` type($output))? `by` $by `wanted` $wanted `with` $description attr-dict
    `:` `(` type($inputs) `)` `,` type($by) `->` type($gradients)
  }];
  let hasVerifier = 1;
}

#endif
