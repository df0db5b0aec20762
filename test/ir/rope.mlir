// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s

// CHECK-LABEL: func.func @rope
func.func @rope(%x: tensor<4x?x32xf32>) -> tensor<4x?x32xf32> {
  // CHECK: mase.rope %{{.*}} theta 1.000000e+04 : tensor<4x?x32xf32> -> tensor<4x?x32xf32>
  %0 = mase.rope %x theta 10000.0 : tensor<4x?x32xf32> -> tensor<4x?x32xf32>
  return %0 : tensor<4x?x32xf32>
}
