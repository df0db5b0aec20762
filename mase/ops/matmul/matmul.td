// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_MATMUL_TD
#define MASE_OPS_MATMUL_TD

include "mase/ir/operator.td"

def Mase_MatmulOp : Mase_HwOp<"matmul",
    (ins Mase_Heads:$lhs, Mase_Heads:$rhs, UnitAttr:$transpose_rhs, UnitAttr:$causal), [Pure]> {
  let summary = "Matrix product of each head";
  let description = [{
    Head h of lhs meets head h / (lhs heads / rhs heads) of rhs, so that several heads may share one (grouped-query
    attention). With `transpose_rhs` rhs has its rows along the result's columns, as keys have.

    `causal` says which part is needed when lhs has the last m of n tokens, row i being token n - m + i. With
    `transpose_rhs` (scores), elements of the result right of column n - m + i are not computed: nobody may read them.
    Without it (weighted values), only the first n - m + i + 1 elements of a row of lhs are read.

    ```mlir
    %s = mase.matmul %q, %k transpose_rhs causal : tensor<4x?x32xf32>, tensor<2x?x32xf32> -> tensor<4x?x?xf32>
    %o = mase.matmul %p, %v causal : tensor<4x?x?xf32>, tensor<2x?x32xf32> -> tensor<4x?x32xf32>
    ```
  }];
  let assemblyFormat = [{
    $lhs `,` $rhs (`transpose_rhs` $transpose_rhs^)? (`causal` $causal^)? attr-dict
    `:` type($lhs) `,` type($rhs) `->` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$lhs, "::mlir::Value":$rhs, "::mase::ir::MatmulOptions":$options)>];
  let hasVerifier = 1;
}

#endif
