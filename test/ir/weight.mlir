// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s

// CHECK-LABEL: func.func @weights
func.func @weights() -> (tensor<128x64xbf16>, tensor<4xf32>, tensor<2x32x!mase.mxint<8>>) {
  // CHECK: mase.weight "model.norm.weight" : tensor<128x64xbf16>
  %0 = mase.weight "model.norm.weight" : tensor<128x64xbf16>
  // CHECK: mase.weight "b" from "model-00002-of-00002.safetensors" : tensor<4xf32>
  %1 = mase.weight "b" from "model-00002-of-00002.safetensors" : tensor<4xf32>
  // CHECK: mase.weight "q" : tensor<2x32x!mase.mxint<8>>
  %2 = mase.weight "q" : tensor<2x32x!mase.mxint<8>>
  // CHECK: mase.weight "qkv" stored [64, 192] transposed rows [64, 64, 64] times 2.000000e+00 plus 1.000000e+00 : tensor<64x64xf32>
  %3 = mase.weight "qkv" stored [64, 192] transposed rows [64, 64, 64] times 2.0 plus 1.0 : tensor<64x64xf32>
  return %0, %1, %2 : tensor<128x64xbf16>, tensor<4xf32>, tensor<2x32x!mase.mxint<8>>
}
