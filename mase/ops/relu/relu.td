// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_RELU_TD
#define MASE_OPS_RELU_TD

include "mase/ir/operator.td"

def Mase_ReluOp : Mase_HwOp<"relu", (ins Mase_Tensor:$input), [Pure, AllShapesMatch<["input", "result"]>]> {
  let summary = "max(x, 0), element by element";
  let description = [{
    ```mlir
    %y = mase.relu %x : tensor<?x512xf32> -> tensor<?x512xf32>
    ```
  }];
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$input)>];
}

#endif
