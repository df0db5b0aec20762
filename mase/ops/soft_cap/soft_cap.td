// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_SOFT_CAP_TD
#define MASE_OPS_SOFT_CAP_TD

include "mase/ir/operator.td"

def Mase_SoftCapOp : Mase_HwOp<"soft_cap", (ins Mase_Tensor:$input, F64Attr:$scale, F64Attr:$cap),
    [Pure, AllShapesMatch<["input", "result"]>]> {
  let summary = "Each element times a scale, bent to stay below a cap";
  let description = [{
    y = cap * tanh(scale * x / cap): as Gemma 2 has it for the scores of attention and for its logits.

    ```mlir
    %y = mase.soft_cap %x scale 1.0 cap 30.0 : tensor<?x128xf32> -> tensor<?x128xf32>
    ```
  }];
  let assemblyFormat = "$input `scale` $scale `cap` $cap attr-dict `:` type($input) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "double":$scale, "double":$cap)>];
  let hasVerifier = 1;
}

#endif
