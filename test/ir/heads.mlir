// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s

// CHECK-LABEL: func.func @heads
func.func @heads(%x: tensor<?x128xf32>) -> tensor<?x128xf32> {
  // CHECK: mase.split_heads %{{.*}} : tensor<?x128xf32> -> tensor<4x?x32xf32>
  %0 = mase.split_heads %x : tensor<?x128xf32> -> tensor<4x?x32xf32>
  // CHECK: mase.merge_heads %{{.*}} : tensor<4x?x32xf32> -> tensor<?x128xf32>
  %1 = mase.merge_heads %0 : tensor<4x?x32xf32> -> tensor<?x128xf32>
  return %1 : tensor<?x128xf32>
}
