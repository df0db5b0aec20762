// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s

// CHECK-LABEL: func.func @layer_norm
func.func @layer_norm(%x: tensor<?x128xf32>, %w: tensor<128xbf16>, %b: tensor<128xbf16>) -> tensor<?x128xf32> {
  // CHECK: mase.layer_norm %{{.*}}, %{{.*}}, %{{.*}} epsilon 1.000000e-05 : tensor<?x128xf32>, tensor<128xbf16>, tensor<128xbf16> -> tensor<?x128xf32>
  %0 = mase.layer_norm %x, %w, %b epsilon 1.0e-05 : tensor<?x128xf32>, tensor<128xbf16>, tensor<128xbf16> -> tensor<?x128xf32>
  return %0 : tensor<?x128xf32>
}
