// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_LINEAR_TD
#define MASE_OPS_LINEAR_TD

include "mase/ir/operator.td"

def Mase_LinearOp : Mase_HwOp<"linear",
    (ins Mase_Rows:$input, Mase_Matrix:$weight, Optional<Mase_Vector>:$bias, StrAttr:$module), [Pure]> {
  let summary = "y = x W^T + b, the operator whose operands have formats to choose";
  let description = [{
    Input: tokens x in features; weight: out x in features, as Hugging Face stores it; bias: out features. `module` is
    the Hugging Face name of the layer; it names the two slots (input and weight) of a format assignment. Operands may
    be f32 (bf16 and f16 weights are read exactly) or in any format; the products are summed as docs/arithmetic.md says.

    Blocks run along the input features. With `hw`, an input block covers one row: a block of more would mix tokens,
    and then a prompt fed token by token would give other bits than the whole prompt (law 3 of docs/design.md). The
    tile of `hw` is [in features, out features] a cycle, and divides both.

    ```mlir
    %y = mase.linear %x, %w module "model.layers.0.mlp.up_proj"
      : tensor<?x128x!mase.mxint<6>>, tensor<352x128x!mase.mxint<4>> -> tensor<?x352xf32>
    %z = mase.linear %x, %w bias %b module "fc1" {hw = #mase.hw<ip = "linear", tile = [32, 4]>}
      : tensor<?x128x!mase.mxint<6>>, tensor<352x128x!mase.mxint<4>>, tensor<352xf32> -> tensor<?x352xf32>
    ```
  }];
  let assemblyFormat = [{
    $input `,` $weight (`bias` $bias^)? `module` $module attr-dict
    `:` type($input) `,` type($weight) (`,` type($bias)^)? `->` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "::mlir::Value":$weight, "::mlir::Value":$bias,
                                 "::llvm::StringRef":$module)>];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    int64_t inFeatures() { return getWeight().getType().getDimSize(1); }
    int64_t outFeatures() { return getWeight().getType().getDimSize(0); }
  }];
}

#endif
