// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_ADAMW_TD
#define MASE_OPS_ADAMW_TD

include "mase/ir/operator.td"

def Mase_TrainingState : Resource<"::mase::ir::TrainingState">;

def Mase_AdamWOp : Mase_Op<"adamw", [MemoryEffects<[MemRead<Mase_TrainingState>, MemWrite<Mase_TrainingState>]>]> {
  let summary = "Changes a weight by its gradient, as AdamW does";
  let description = [{
    The weight's two moments belong to the operator. `decay`: the weight shrinks towards zero as well (matrices do; gains
    and biases do not). The rate, the shares of the moments and the clipping of all gradients together are the run's:
    they change from step to step.

    ```mlir
    mase.adamw %w, %dw decay : tensor<352x128xbf16>, tensor<352x128xf32>
    ```
  }];
  let arguments = (ins Mase_Tensor:$weight, Mase_Tensor:$gradient, UnitAttr:$decay);
  let assemblyFormat = "$weight `,` $gradient (`decay` $decay^)? attr-dict `:` type($weight) `,` type($gradient)";
  let hasVerifier = 1;
}

#endif
