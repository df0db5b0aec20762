// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_GELU_TD
#define MASE_OPS_GELU_TD

include "mase/ir/operator.td"

def Mase_GeluOp : Mase_HwOp<"gelu", (ins Mase_Tensor:$input), [Pure, AllShapesMatch<["input", "result"]>]> {
  let summary = "x times the normal distribution function of x, element by element";
  let description = [{
    x * (1 + erf(x / sqrt(2))) / 2: the exact form, which Hugging Face calls "gelu" (its approximation by tanh is another
    function, "gelu_new").

    ```mlir
    %y = mase.gelu %x : tensor<?x352xf32> -> tensor<?x352xf32>
    ```
  }];
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$input)>];
}

#endif
