// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s

// CHECK-LABEL: func.func @embedding
func.func @embedding(%ids: tensor<?xi32>, %table: tensor<1024x128xbf16>) -> tensor<?x128xf32> {
  // CHECK: mase.embedding %{{.*}}, %{{.*}} : tensor<?xi32>, tensor<1024x128xbf16> -> tensor<?x128xf32>
  %0 = mase.embedding %ids, %table : tensor<?xi32>, tensor<1024x128xbf16> -> tensor<?x128xf32>
  return %0 : tensor<?x128xf32>
}
