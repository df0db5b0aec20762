// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_SPLIT_HEADS_TD
#define MASE_OPS_SPLIT_HEADS_TD

include "mase/ir/operator.td"

def Mase_SplitHeadsOp : Mase_HwOp<"split_heads", (ins Mase_Rows:$input), [Pure]> {
  let summary = "Features of a row apart by head";
  let description = [{
    Feature h * d + j of a row goes to feature j of that row in head h.

    ```mlir
    %h = mase.split_heads %x : tensor<?x128xf32> -> tensor<4x?x32xf32>
    ```
  }];
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "int64_t":$heads)>];
  let hasVerifier = 1;
}

#endif
