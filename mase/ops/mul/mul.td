// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_MUL_TD
#define MASE_OPS_MUL_TD

include "mase/ir/operator.td"

def Mase_MulOp : Mase_HwOp<"mul", (ins Mase_Tensor:$lhs, Mase_Tensor:$rhs),
    [Pure, Commutative, AllShapesMatch<["lhs", "rhs", "result"]>]> {
  let summary = "Product of two tensors, element by element";
  let description = [{
    Of equal shapes: nothing is broadcast.

    ```mlir
    %y = mase.mul %a, %b : tensor<?x128xf32>, tensor<?x128xf32> -> tensor<?x128xf32>
    ```
  }];
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$lhs, "::mlir::Value":$rhs)>];
}

#endif
