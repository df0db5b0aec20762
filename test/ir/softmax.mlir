// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s

// CHECK-LABEL: func.func @softmax
func.func @softmax(%x: tensor<4x?x?xf32>) -> tensor<4x?x?xf32> {
  // CHECK: mase.softmax %{{.*}} scale 2.500000e-01 causal : tensor<4x?x?xf32> -> tensor<4x?x?xf32>
  %0 = mase.softmax %x scale 0.25 causal : tensor<4x?x?xf32> -> tensor<4x?x?xf32>
  // CHECK: mase.softmax %{{.*}} scale 1.000000e+00 : tensor<4x?x?xf32> -> tensor<4x?x?xf32>
  %1 = mase.softmax %0 scale 1.0 : tensor<4x?x?xf32> -> tensor<4x?x?xf32>
  // CHECK: mase.softmax %{{.*}} scale 1.000000e+00 causal window 8 : tensor<4x?x?xf32> -> tensor<4x?x?xf32>
  %2 = mase.softmax %1 scale 1.0 causal window 8 : tensor<4x?x?xf32> -> tensor<4x?x?xf32>
  return %2 : tensor<4x?x?xf32>
}
