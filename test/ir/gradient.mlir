// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s
// RUN: sed "/CHECK-LABEL: func.func private/,\$d" %s | mase-opt --mase-gradient=distillation=2.0 | mase-opt | FileCheck %s --check-prefix=STEP

// Operators of training: a gradient with and without the operator's result, losses, a change of a weight.
// CHECK-LABEL: func.func @main
// The step: arguments behind the model's, losses as results; gradients pass a cast straight through, in the order of
// readers; a weight that two operators read has one gradient.
// STEP-LABEL: func.func @main
// STEP-SAME: (%[[IDS:.*]]: tensor<?xi32>, %[[TARGETS:.*]]: tensor<?xi32>, %[[WEIGHTS:.*]]: tensor<?xf32>, %[[TEACHERS:.*]]: tensor<?xf32>, %[[TEACHER:.*]]: tensor<?x64xf32>) -> (tensor<?xf32>, tensor<?xf32>)
func.func @main(%ids: tensor<?xi32>) -> tensor<?x64xf32> {
  // STEP: %[[W:.*]] = mase.weight "w"
  %w = mase.weight "w" : tensor<64x32xbf16>
  // STEP: %[[QW:.*]] = mase.cast %[[W]]
  %qw = mase.cast %w : tensor<64x32xbf16> to tensor<64x32x!mase.mxint<4>>
  // STEP: %[[X:.*]] = mase.embedding
  %x = mase.embedding %ids, %w : tensor<?xi32>, tensor<64x32xbf16> -> tensor<?x32xf32>
  // STEP: %[[Y:.*]] = mase.tanh %[[X]]
  %y = mase.tanh %x : tensor<?x32xf32> -> tensor<?x32xf32>
  // STEP: %[[L:.*]] = mase.linear
  %l = mase.linear %y, %qw module "head" : tensor<?x32xf32>, tensor<64x32x!mase.mxint<4>> -> tensor<?x64xf32>
  // STEP: %[[CE:.*]] = mase.cross_entropy %[[L]], %[[TARGETS]]
  // STEP: %[[KL:.*]] = mase.distillation %[[L]], %[[TEACHER]] temperature 2.0
  // STEP: %[[A:.*]] = mase.gradient "distillation"(%[[L]], %[[TEACHER]]) by %[[TEACHERS]] wanted [0]
  // STEP: %[[B:.*]] = mase.gradient "cross_entropy"(%[[L]], %[[TARGETS]]) by %[[WEIGHTS]] wanted [0]
  // STEP: %[[DL:.*]] = mase.add %[[A]], %[[B]]
  // STEP: %[[LIN:.*]]:2 = mase.gradient "linear"(%[[Y]], %[[QW]]) by %[[DL]] wanted [0, 1]
  // STEP: mase.gradient "tanh"(%[[X]]) result %[[Y]] : tensor<?x32xf32> by %[[LIN]]#0 wanted [0]
  // STEP: %[[T:.*]] = mase.gradient "embedding"(%[[IDS]], %[[W]]) by %{{.*}} wanted [1]
  // STEP: %[[C:.*]] = mase.gradient "cast"(%[[W]]) by %[[LIN]]#1 wanted [0] with {format = "mxint4"}
  // STEP: %[[DW:.*]] = mase.add %[[T]], %[[C]]
  // STEP: mase.adamw %[[W]], %[[DW]] decay
  // STEP: return %[[CE]], %[[KL]]
  return %l : tensor<?x64xf32>
}

// CHECK-LABEL: func.func private @operators
func.func private @operators(%x: tensor<?x32xf32>, %by: tensor<?x32xf32>) {
  %w = mase.weight "w" : tensor<32xbf16>
  // CHECK: mase.gradient "rms_norm"(%{{.*}}, %{{.*}}) by %{{.*}} wanted [0, 1] with {epsilon = 1.000000e-05 : f64} : (tensor<?x32xf32>, tensor<32xbf16>), tensor<?x32xf32> -> tensor<?x32xf32>, tensor<32xf32>
  %dx, %dw = mase.gradient "rms_norm"(%x, %w) by %by wanted [0, 1] with {epsilon = 1.0e-05 : f64} : (tensor<?x32xf32>, tensor<32xbf16>), tensor<?x32xf32> -> tensor<?x32xf32>, tensor<32xf32>
  // CHECK: mase.gradient "tanh"(%{{.*}}) result %{{.*}} : tensor<?x32xf32> by %{{.*}} wanted [0] with {}
  %dt = mase.gradient "tanh"(%x) result %x : tensor<?x32xf32> by %by wanted [0] with {} : (tensor<?x32xf32>), tensor<?x32xf32> -> tensor<?x32xf32>
  // CHECK: mase.adamw %{{.*}}, %{{.*}} : tensor<32xbf16>, tensor<32xf32>
  mase.adamw %w, %dw : tensor<32xbf16>, tensor<32xf32>
  return
}
