// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_POOL_TD
#define MASE_OPS_POOL_TD

include "mase/ir/operator.td"

def Mase_PoolOp : Mase_HwOp<"pool", (ins Mase_Rows:$input, StrAttr:$token), [Pure]> {
  let summary = "The row of one token, for the whole sequence";
  let description = [{
    `token` is "first" (encoders, whose first token stands for the text) or "last" (decoders, whose last token has seen
    all of it). What is behind works on one row.

    ```mlir
    %y = mase.pool "first" %x : tensor<?x128xf32> -> tensor<1x128xf32>
    ```
  }];
  let assemblyFormat = "$token $input attr-dict `:` type($input) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "::llvm::StringRef":$token)>];
  let hasVerifier = 1;
}

#endif
