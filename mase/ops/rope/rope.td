// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_ROPE_TD
#define MASE_OPS_ROPE_TD

include "mase/ir/operator.td"

def Mase_RopeOp : Mase_HwOp<"rope", (ins Mase_Heads:$input, F64Attr:$theta),
    [Pure, AllShapesMatch<["input", "result"]>]> {
  let summary = "Rotary position embedding of the rows of each head";
  let description = [{
    With d features a head, features j and j + d/2 of a row at position p turn by the angle p * theta^(-2j/d): the halves
    are paired as Hugging Face has them. Row i of a fresh sequence has position i; when the sequence goes on, positions
    continue where it stopped (as do the rows of `mase.kv_cache`).

    ```mlir
    %r = mase.rope %q theta 10000.0 : tensor<4x?x32xf32> -> tensor<4x?x32xf32>
    ```
  }];
  let assemblyFormat = "$input `theta` $theta attr-dict `:` type($input) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "double":$theta)>];
  let hasVerifier = 1;
}

#endif
