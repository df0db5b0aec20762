// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_GELU_TD
#define MASE_OPS_GELU_TD

include "mase/ir/operator.td"

def Mase_GeluOp : Mase_HwOp<"gelu", (ins Mase_Tensor:$input, UnitAttr:$tanh), [Pure, AllShapesMatch<["input", "result"]>]> {
  let summary = "x times the normal distribution function of x, element by element";
  let description = [{
    x * (1 + erf(x / sqrt(2))) / 2: the exact form, which Hugging Face calls "gelu" (its approximation by tanh is another
    function, "gelu_new"). With `tanh` that function: x * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3))) / 2.

    ```mlir
    %y = mase.gelu %x : tensor<?x352xf32> -> tensor<?x352xf32>
    %z = mase.gelu %x tanh : tensor<?x352xf32> -> tensor<?x352xf32>
    ```
  }];
  let assemblyFormat = "$input (`tanh` $tanh^)? attr-dict `:` type($input) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$input, CArg<"bool", "false">:$tanh)>];
}

#endif
