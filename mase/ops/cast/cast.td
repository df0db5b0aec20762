// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_CAST_TD
#define MASE_OPS_CAST_TD

include "mase/ir/operator.td"

def Mase_CastOp : Mase_HwOp<"cast", (ins Mase_Tensor:$input), [Pure, AllShapesMatch<["input", "result"]>]> {
  let summary = "The same tensor in another format";
  let description = [{
    The one place where a format changes. Blocks span the last two dimensions. A value read in three formats has three
    casts, and readers of one format share one: the pair (value, format) names a cast. From a format to f32 the values
    are kept exactly.

    ```mlir
    %q = mase.cast %x : tensor<?x128xf32> to tensor<?x128x!mase.mxint<4>>
    ```
  }];
  let assemblyFormat = "$input attr-dict `:` type($input) `to` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "::mlir::Type":$elementType)>];
  let hasFolder = 1;
}

#endif
