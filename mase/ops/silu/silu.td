// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_SILU_TD
#define MASE_OPS_SILU_TD

include "mase/ir/operator.td"

def Mase_SiluOp : Mase_HwOp<"silu", (ins Mase_Tensor:$input), [Pure, AllShapesMatch<["input", "result"]>]> {
  let summary = "x / (1 + e^-x), element by element";
  let description = [{
    ```mlir
    %y = mase.silu %x : tensor<?x352xf32> -> tensor<?x352xf32>
    ```
  }];
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$input)>];
}

#endif
