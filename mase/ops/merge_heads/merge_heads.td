// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_MERGE_HEADS_TD
#define MASE_OPS_MERGE_HEADS_TD

include "mase/ir/operator.td"

def Mase_MergeHeadsOp : Mase_HwOp<"merge_heads", (ins Mase_Heads:$input), [Pure]> {
  let summary = "Heads side by side in the features of a row";
  let description = [{
    Feature j of a row in head h goes to feature h * d + j of that row.

    ```mlir
    %x = mase.merge_heads %h : tensor<4x?x32xf32> -> tensor<?x128xf32>
    ```
  }];
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$input)>];
  let hasVerifier = 1;
}

#endif
