// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_TANH_TD
#define MASE_OPS_TANH_TD

include "mase/ir/operator.td"

def Mase_TanhOp : Mase_HwOp<"tanh", (ins Mase_Tensor:$input), [Pure, AllShapesMatch<["input", "result"]>]> {
  let summary = "Hyperbolic tangent, element by element";
  let description = [{
    ```mlir
    %y = mase.tanh %x : tensor<1x128xf32> -> tensor<1x128xf32>
    ```
  }];
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$input)>];
}

#endif
