// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s

// CHECK-LABEL: func.func @gelu
func.func @gelu(%x: tensor<?x352xf32>) -> tensor<?x352xf32> {
  // CHECK: mase.gelu %{{.*}} : tensor<?x352xf32> -> tensor<?x352xf32>
  %0 = mase.gelu %x : tensor<?x352xf32> -> tensor<?x352xf32>
  // CHECK: mase.gelu %{{.*}} tanh : tensor<?x352xf32> -> tensor<?x352xf32>
  %1 = mase.gelu %0 tanh : tensor<?x352xf32> -> tensor<?x352xf32>
  return %1 : tensor<?x352xf32>
}
