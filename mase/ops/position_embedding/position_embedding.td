// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_POSITION_EMBEDDING_TD
#define MASE_OPS_POSITION_EMBEDDING_TD

include "mase/ir/operator.td"

def Mase_PositionEmbeddingOp : Mase_HwOp<"position_embedding",
    (ins Mase_Rows:$input, Mase_Matrix:$table, I64Attr:$offset), [Pure, AllShapesMatch<["input", "result"]>]> {
  let summary = "Adds to each row the row of a table that its position chooses";
  let description = [{
    Row i of the result is row i of the input plus row p + offset of the table (positions x features), where p is the
    row's position. Row i of a fresh sequence has position i; when the sequence goes on, positions continue where it
    stopped (as do those of `mase.rope`). The offset is what the model reserved at the table's start.

    ```mlir
    %y = mase.position_embedding %x, %table offset 2 : tensor<?x128xf32>, tensor<514x128xbf16> -> tensor<?x128xf32>
    ```
  }];
  let assemblyFormat = [{
    $input `,` $table `offset` $offset attr-dict `:` type($input) `,` type($table) `->` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "::mlir::Value":$table, "int64_t":$offset)>];
  let hasVerifier = 1;
}

#endif
