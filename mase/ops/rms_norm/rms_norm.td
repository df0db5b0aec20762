// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_RMS_NORM_TD
#define MASE_OPS_RMS_NORM_TD

include "mase/ir/operator.td"

def Mase_RmsNormOp : Mase_HwOp<"rms_norm", (ins Mase_RowsOrHeads:$input, Mase_Vector:$weight, F64Attr:$epsilon),
    [Pure, AllShapesMatch<["input", "result"]>]> {
  let summary = "Each row over its root mean square, times a weight";
  let description = [{
    y = weight * x / sqrt(mean(x^2) + epsilon), the mean over the features of a row; of a row of each head, where there are heads.

    ```mlir
    %y = mase.rms_norm %x, %w epsilon 1.0e-05 : tensor<?x128xf32>, tensor<128xbf16> -> tensor<?x128xf32>
    ```
  }];
  let assemblyFormat = [{
    $input `,` $weight `epsilon` $epsilon attr-dict `:` type($input) `,` type($weight) `->` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "::mlir::Value":$weight, "double":$epsilon)>];
  let hasVerifier = 1;
}

#endif
