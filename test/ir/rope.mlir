// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s

// CHECK-LABEL: func.func @rope
func.func @rope(%x: tensor<4x?x32xf32>) -> tensor<4x?x32xf32> {
  // CHECK: mase.rope %{{.*}} theta 1.000000e+04 : tensor<4x?x32xf32> -> tensor<4x?x32xf32>
  %0 = mase.rope %x theta 10000.0 : tensor<4x?x32xf32> -> tensor<4x?x32xf32>
  // CHECK: mase.rope %{{.*}} theta 5.000000e+05 rotary 8 factor 8.000000e+00 llama3 [1.000000e+00, 4.000000e+00, 8.192000e+03] : tensor<4x?x32xf32> -> tensor<4x?x32xf32>
  %1 = mase.rope %0 theta 500000.0 rotary 8 factor 8.0 llama3 [1.0, 4.0, 8192.0] : tensor<4x?x32xf32> -> tensor<4x?x32xf32>
  return %1 : tensor<4x?x32xf32>
}
