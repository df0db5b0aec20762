// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s --mase-gradient=distillation=2.0 | mase-opt | FileCheck %s

// The step: arguments behind the model's, losses as results; gradients pass a cast straight through, in the order of
// readers; a weight that two operators read has one gradient.
// CHECK-LABEL: func.func @main
// CHECK-SAME: (%[[IDS:.*]]: tensor<?xi32>, %[[TARGETS:.*]]: tensor<?xi32>, %[[WEIGHTS:.*]]: tensor<?xf32>, %[[TEACHERS:.*]]: tensor<?xf32>, %[[TEACHER:.*]]: tensor<?x64xf32>) -> (tensor<?xf32>, tensor<?xf32>)
func.func @main(%ids: tensor<?xi32>) -> tensor<?x64xf32> {
  // CHECK: %[[W:.*]] = mase.weight "w"
  %w = mase.weight "w" : tensor<64x32xbf16>
  // CHECK: %[[QW:.*]] = mase.cast %[[W]]
  %qw = mase.cast %w : tensor<64x32xbf16> to tensor<64x32x!mase.mxint<4>>
  // CHECK: %[[X:.*]] = mase.embedding
  %x = mase.embedding %ids, %w : tensor<?xi32>, tensor<64x32xbf16> -> tensor<?x32xf32>
  // CHECK: %[[Y:.*]] = mase.tanh %[[X]]
  %y = mase.tanh %x : tensor<?x32xf32> -> tensor<?x32xf32>
  // CHECK: %[[L:.*]] = mase.linear
  %l = mase.linear %y, %qw module "head" : tensor<?x32xf32>, tensor<64x32x!mase.mxint<4>> -> tensor<?x64xf32>
  // CHECK: %[[CE:.*]] = mase.cross_entropy %[[L]], %[[TARGETS]]
  // CHECK: %[[KL:.*]] = mase.distillation %[[L]], %[[TEACHER]] temperature 2.0
  // CHECK: %[[A:.*]] = mase.gradient "distillation"(%[[L]], %[[TEACHER]]) by %[[TEACHERS]] wanted [0]
  // CHECK: %[[B:.*]] = mase.gradient "cross_entropy"(%[[L]], %[[TARGETS]]) by %[[WEIGHTS]] wanted [0]
  // CHECK: %[[DL:.*]] = mase.add %[[A]], %[[B]]
  // CHECK: %[[LIN:.*]]:2 = mase.gradient "linear"(%[[Y]], %[[QW]]) by %[[DL]] wanted [0, 1]
  // CHECK: mase.gradient "tanh"(%[[X]]) result %[[Y]] : tensor<?x32xf32> by %[[LIN]]#0 wanted [0]
  // CHECK: %[[T:.*]] = mase.gradient "embedding"(%[[IDS]], %[[W]]) by %{{.*}} wanted [1]
  // CHECK: %[[C:.*]] = mase.gradient "cast"(%[[W]]) by %[[LIN]]#1 wanted [0] with {format = "mxint4"}
  // CHECK: %[[DW:.*]] = mase.add %[[T]], %[[C]]
  // CHECK: mase.adamw %[[W]], %[[DW]] decay
  // CHECK: return %[[CE]], %[[KL]]
  return %l : tensor<?x64xf32>
}
