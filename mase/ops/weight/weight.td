// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_WEIGHT_TD
#define MASE_OPS_WEIGHT_TD

include "mase/ir/operator.td"

def Mase_WeightOp : Mase_Op<"weight", [Pure]> {
  let summary = "A tensor of the model's files, by reference";
  let description = [{
    `name` is the tensor's name in the model's files, `file` the file when the name alone does not say it. The numbers
    stay in the file, memory-mapped; the element type is the file's. One operator for each name and function is enough:
    the numbers never change, so equal weights may be merged.

    What follows the name says how the result lies in a tensor that holds more than it or holds it otherwise, in this
    order. `stored`: the tensor's shape in the file. `transposed`: the file has the matrix as (in, out). `rows [first, run,
    stride]`: the result's rows (of a vector: elements) are `run` from `first` on, `run` from `first + stride` on, and so
    forth. `times` and `plus`: each number is multiplied, then increased.

    ```mlir
    %w = mase.weight "model.layers.0.self_attn.q_proj.weight" : tensor<128x128xbf16>
    %b = mase.weight "lm_head.bias" from "model-00002-of-00002.safetensors" : tensor<1024xf32>
    %k = mase.weight "h.0.attn.c_attn.weight" stored [64, 192] transposed rows [64, 64, 64] : tensor<64x64xf32>
    %n = mase.weight "model.norm.weight" plus 1.0 : tensor<64xf32>
    ```
  }];
  let arguments = (ins StrAttr:$name, OptionalAttr<StrAttr>:$file, OptionalAttr<DenseI64ArrayAttr>:$stored,
                       UnitAttr:$transposed, OptionalAttr<DenseI64ArrayAttr>:$rows, OptionalAttr<F64Attr>:$times,
                       OptionalAttr<F64Attr>:$plus);
  let results = (outs Mase_Tensor:$result);
  let assemblyFormat = [{
    $name (`from` $file^)? (`stored` $stored^)? (`transposed` $transposed^)? (`rows` $rows^)? (`times` $times^)?
    (`plus` $plus^)? attr-dict `:` type($result)
  }];
  let hasVerifier = 1;
}

#endif
