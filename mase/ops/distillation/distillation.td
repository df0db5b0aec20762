// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_DISTILLATION_TD
#define MASE_OPS_DISTILLATION_TD

include "mase/ir/operator.td"

def Mase_DistillationOp : Mase_Op<"distillation", [Pure]> {
  let summary = "How far each token's prediction lies from a teacher's, in nats";
  let description = [{
    Element i is the Kullback-Leibler divergence of softmax(teacher[i] / t) from softmax(logits[i] / t), times t^2, t being
    the temperature: Hinton, Vinyals and Dean, Distilling the knowledge in a neural network, 2015.

    ```mlir
    %d = mase.distillation %logits, %teacher temperature 1.0 : tensor<?x1024xf32>, tensor<?x1024xf32> -> tensor<?xf32>
    ```
  }];
  let arguments = (ins Mase_Rows:$logits, Mase_Rows:$teacher, F64Attr:$temperature);
  let results = (outs Mase_Tensor:$result);
  let assemblyFormat = [{
    $logits `,` $teacher `temperature` $temperature attr-dict `:` type($logits) `,` type($teacher) `->` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$logits, "::mlir::Value":$teacher, "double":$temperature)>];
  let hasVerifier = 1;
}

#endif
