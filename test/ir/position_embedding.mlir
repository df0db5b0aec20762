// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s

// CHECK-LABEL: func.func @position_embedding
func.func @position_embedding(%x: tensor<?x128xf32>, %table: tensor<514x128xbf16>) -> tensor<?x128xf32> {
  // CHECK: mase.position_embedding %{{.*}}, %{{.*}} offset 2 : tensor<?x128xf32>, tensor<514x128xbf16> -> tensor<?x128xf32>
  %0 = mase.position_embedding %x, %table offset 2 : tensor<?x128xf32>, tensor<514x128xbf16> -> tensor<?x128xf32>
  // CHECK: mase.position_embedding %{{.*}}, %{{.*}} offset 0
  %1 = mase.position_embedding %0, %table offset 0 : tensor<?x128xf32>, tensor<514x128xbf16> -> tensor<?x128xf32>
  return %1 : tensor<?x128xf32>
}
