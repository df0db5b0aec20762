// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_CROSS_ENTROPY_TD
#define MASE_OPS_CROSS_ENTROPY_TD

include "mase/ir/operator.td"

def Mase_CrossEntropyOp : Mase_Op<"cross_entropy", [Pure]> {
  let summary = "Loss of each token, in nats";
  let description = [{
    Element i is log(sum_j e^logits[i, j]) - logits[i, targets[i]].

    ```mlir
    %loss = mase.cross_entropy %logits, %targets : tensor<?x1024xf32>, tensor<?xi32> -> tensor<?xf32>
    ```
  }];
  let arguments = (ins Mase_Rows:$logits, Mase_Ids:$targets);
  let results = (outs Mase_Tensor:$result);
  let assemblyFormat = "$logits `,` $targets attr-dict `:` type($logits) `,` type($targets) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$logits, "::mlir::Value":$targets)>];
  let hasVerifier = 1;
}

#endif
