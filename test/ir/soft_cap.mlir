// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s

// CHECK-LABEL: func.func @soft_cap
func.func @soft_cap(%x: tensor<4x?x?xf32>) -> tensor<4x?x?xf32> {
  // CHECK: mase.soft_cap %{{.*}} scale 2.500000e-01 cap 5.000000e+01 : tensor<4x?x?xf32> -> tensor<4x?x?xf32>
  %0 = mase.soft_cap %x scale 0.25 cap 50.0 : tensor<4x?x?xf32> -> tensor<4x?x?xf32>
  return %0 : tensor<4x?x?xf32>
}
