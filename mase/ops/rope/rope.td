// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_ROPE_TD
#define MASE_OPS_ROPE_TD

include "mase/ir/operator.td"

def Mase_RopeOp : Mase_HwOp<"rope", (ins Mase_Heads:$input, F64Attr:$theta, OptionalAttr<I64Attr>:$rotary,
     OptionalAttr<F64Attr>:$factor, OptionalAttr<DenseF64ArrayAttr>:$llama3),
    [Pure, AllShapesMatch<["input", "result"]>]> {
  let summary = "Rotary position embedding of the rows of each head";
  let description = [{
    With d features a head, features j and j + d/2 of a row at position p turn by the angle p * theta^(-2j/d): the halves
    are paired as Hugging Face has them. Row i of a fresh sequence has position i; when the sequence goes on, positions
    continue where it stopped (as do the rows of `mase.kv_cache`).

    `rotary` features of each head turn, its first ones, as if they were the head; the others stay. `factor` divides all
    angles (Hugging Face's rope_type linear), or with `llama3 [low, high, positions]` those alone whose waves are longer
    than positions / low; waves shorter than positions / high stay, and in between the two are mixed.

    ```mlir
    %r = mase.rope %q theta 10000.0 : tensor<4x?x32xf32> -> tensor<4x?x32xf32>
    %s = mase.rope %q theta 500000.0 factor 8.0 llama3 [1.0, 4.0, 8192.0] : tensor<4x?x32xf32> -> tensor<4x?x32xf32>
    ```
  }];
  let assemblyFormat = [{
    $input `theta` $theta (`rotary` $rotary^)? (`factor` $factor^)? (`llama3` $llama3^)? attr-dict
    `:` type($input) `->` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "const ::mase::RopeAngles &":$angles)>];
  let hasVerifier = 1;
}

#endif
