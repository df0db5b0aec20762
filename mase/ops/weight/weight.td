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

    ```mlir
    %w = mase.weight "model.layers.0.self_attn.q_proj.weight" : tensor<128x128xbf16>
    %b = mase.weight "lm_head.bias" from "model-00002-of-00002.safetensors" : tensor<1024xf32>
    ```
  }];
  let arguments = (ins StrAttr:$name, OptionalAttr<StrAttr>:$file);
  let results = (outs Mase_Tensor:$result);
  let assemblyFormat = "$name (`from` $file^)? attr-dict `:` type($result)";
  let hasVerifier = 1;
}

#endif
