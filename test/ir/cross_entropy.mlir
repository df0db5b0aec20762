// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s

// CHECK-LABEL: func.func @cross_entropy
func.func @cross_entropy(%logits: tensor<?x1024xf32>, %targets: tensor<?xi32>) -> tensor<?xf32> {
  // CHECK: mase.cross_entropy %{{.*}}, %{{.*}} : tensor<?x1024xf32>, tensor<?xi32> -> tensor<?xf32>
  %0 = mase.cross_entropy %logits, %targets : tensor<?x1024xf32>, tensor<?xi32> -> tensor<?xf32>
  return %0 : tensor<?xf32>
}
