// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s

// CHECK-LABEL: func.func @relu
func.func @relu(%x: tensor<?x352xf32>) -> tensor<?x352xf32> {
  // CHECK: mase.relu %{{.*}} : tensor<?x352xf32> -> tensor<?x352xf32>
  %0 = mase.relu %x : tensor<?x352xf32> -> tensor<?x352xf32>
  return %0 : tensor<?x352xf32>
}
