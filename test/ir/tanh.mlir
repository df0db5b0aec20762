// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s

// CHECK-LABEL: func.func @tanh
func.func @tanh(%x: tensor<1x128xf32>) -> tensor<1x128xf32> {
  // CHECK: mase.tanh %{{.*}} : tensor<1x128xf32> -> tensor<1x128xf32>
  %0 = mase.tanh %x : tensor<1x128xf32> -> tensor<1x128xf32>
  return %0 : tensor<1x128xf32>
}
