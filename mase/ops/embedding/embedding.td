// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_EMBEDDING_TD
#define MASE_OPS_EMBEDDING_TD

include "mase/ir/operator.td"

def Mase_EmbeddingOp : Mase_HwOp<"embedding", (ins Mase_Ids:$ids, Mase_Matrix:$table), [Pure]> {
  let summary = "Rows of a table, chosen by token ids";
  let description = [{
    Row i of the result is row `ids[i]` of the table (vocabulary x features). Ids outside of the table are the
    caller's fault.

    ```mlir
    %x = mase.embedding %ids, %table : tensor<?xi32>, tensor<1024x128xbf16> -> tensor<?x128xf32>
    ```
  }];
  let assemblyFormat = "$ids `,` $table attr-dict `:` type($ids) `,` type($table) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$ids, "::mlir::Value":$table)>];
  let hasVerifier = 1;
}

#endif
