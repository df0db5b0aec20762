// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s

// CHECK-LABEL: func.func @pool
func.func @pool(%x: tensor<?x128xf32>) -> tensor<1x128xf32> {
  // CHECK: mase.pool "first" %{{.*}} : tensor<?x128xf32> -> tensor<1x128xf32>
  %0 = mase.pool "first" %x : tensor<?x128xf32> -> tensor<1x128xf32>
  // CHECK: mase.pool "last" %{{.*}} : tensor<?x128xf32> -> tensor<1x128xf32>
  %1 = mase.pool "last" %x : tensor<?x128xf32> -> tensor<1x128xf32>
  %2 = mase.add %0, %1 : tensor<1x128xf32>, tensor<1x128xf32> -> tensor<1x128xf32>
  return %2 : tensor<1x128xf32>
}
