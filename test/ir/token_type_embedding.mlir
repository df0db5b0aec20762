// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s

// CHECK-LABEL: func.func @types
func.func @types(%x: tensor<?x128xf32>, %types: tensor<?xi32>, %table: tensor<2x128xbf16>) -> tensor<?x128xf32> {
  // CHECK: mase.token_type_embedding %{{.*}}, %{{.*}}, %{{.*}} : tensor<?x128xf32>, tensor<?xi32>, tensor<2x128xbf16> -> tensor<?x128xf32>
  %0 = mase.token_type_embedding %x, %types, %table
    : tensor<?x128xf32>, tensor<?xi32>, tensor<2x128xbf16> -> tensor<?x128xf32>
  return %0 : tensor<?x128xf32>
}
