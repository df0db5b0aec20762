// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_TOKEN_TYPE_EMBEDDING_TD
#define MASE_OPS_TOKEN_TYPE_EMBEDDING_TD

include "mase/ir/operator.td"

def Mase_TokenTypeEmbeddingOp : Mase_HwOp<"token_type_embedding",
    (ins Mase_Rows:$input, Mase_Ids:$types, Mase_Matrix:$table), [Pure, AllShapesMatch<["input", "result"]>]> {
  let summary = "Adds to each row the row of a table that its token's type chooses";
  let description = [{
    Row i of the result is row i of the input plus row `types[i]` of the table (types x features). Types say which of
    several texts a token belongs to; they are the model's second argument. Types outside of the table are the caller's
    fault.

    ```mlir
    %y = mase.token_type_embedding %x, %types, %table
      : tensor<?x128xf32>, tensor<?xi32>, tensor<2x128xbf16> -> tensor<?x128xf32>
    ```
  }];
  let assemblyFormat = [{
    $input `,` $types `,` $table attr-dict `:` type($input) `,` type($types) `,` type($table) `->` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "::mlir::Value":$types, "::mlir::Value":$table)>];
  let hasVerifier = 1;
}

#endif
