// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_LAYER_NORM_TD
#define MASE_OPS_LAYER_NORM_TD

include "mase/ir/operator.td"

def Mase_LayerNormOp : Mase_HwOp<"layer_norm",
    (ins Mase_Rows:$input, Mase_Vector:$weight, Mase_Vector:$bias, F64Attr:$epsilon),
    [Pure, AllShapesMatch<["input", "result"]>]> {
  let summary = "Each row without its mean, over its standard deviation, times a weight, plus a bias";
  let description = [{
    y = weight * (x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon) + bias, the means over the features of a row.

    ```mlir
    %y = mase.layer_norm %x, %w, %b epsilon 1.0e-05
      : tensor<?x128xf32>, tensor<128xbf16>, tensor<128xbf16> -> tensor<?x128xf32>
    ```
  }];
  let assemblyFormat = [{
    $input `,` $weight `,` $bias `epsilon` $epsilon attr-dict
    `:` type($input) `,` type($weight) `,` type($bias) `->` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "::mlir::Value":$weight, "::mlir::Value":$bias,
                             "double":$epsilon)>];
  let hasVerifier = 1;
}

#endif
