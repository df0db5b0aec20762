// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_SOFTMAX_TD
#define MASE_OPS_SOFTMAX_TD

include "mase/ir/operator.td"

def Mase_SoftmaxOp : Mase_HwOp<"softmax", (ins Mase_Heads:$input, F64Attr:$scale, UnitAttr:$causal,
     OptionalAttr<I64Attr>:$window),
    [Pure, AllShapesMatch<["input", "result"]>]> {
  let summary = "Softmax of each row, times a scale first";
  let description = [{
    y = e^(scale * x) over the sum of its row. With `causal` and m rows of n columns, row i is token n - m + i: columns
    right of it are not read, and are zero in the result. With `window` w, so are columns n - m + i - w and left of it: a
    token sees w tokens, itself among them.

    ```mlir
    %p = mase.softmax %s scale 0.25 causal : tensor<4x?x?xf32> -> tensor<4x?x?xf32>
    ```
  }];
  let assemblyFormat = [{
    $input `scale` $scale (`causal` $causal^)? (`window` $window^)? attr-dict `:` type($input) `->` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "::mase::ir::SoftmaxOptions":$options)>];
  let hasVerifier = 1;
}

#endif
