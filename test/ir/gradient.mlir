// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s

// Operators of training: a gradient with and without the operator's result, a change of a weight, a teacher.
// CHECK-LABEL: func.func private @operators
func.func private @operators(%x: tensor<?x32xf32>, %by: tensor<?x32xf32>) {
  %w = mase.weight "w" : tensor<32xbf16>
  // CHECK: mase.gradient "rms_norm"(%{{.*}}, %{{.*}}) by %{{.*}} wanted [0, 1] with {epsilon = 1.000000e-05 : f64} : (tensor<?x32xf32>, tensor<32xbf16>), tensor<?x32xf32> -> tensor<?x32xf32>, tensor<32xf32>
  %dx, %dw = mase.gradient "rms_norm"(%x, %w) by %by wanted [0, 1] with {epsilon = 1.0e-05 : f64} : (tensor<?x32xf32>, tensor<32xbf16>), tensor<?x32xf32> -> tensor<?x32xf32>, tensor<32xf32>
  // CHECK: mase.gradient "tanh"(%{{.*}}) result %{{.*}} : tensor<?x32xf32> by %{{.*}} wanted [0] with {}
  %dt = mase.gradient "tanh"(%x) result %x : tensor<?x32xf32> by %by wanted [0] with {} : (tensor<?x32xf32>), tensor<?x32xf32> -> tensor<?x32xf32>
  // CHECK: mase.adamw %{{.*}}, %{{.*}} : tensor<32xbf16>, tensor<32xf32>
  mase.adamw %w, %dw : tensor<32xbf16>, tensor<32xf32>
  // CHECK: mase.distillation %{{.*}}, %{{.*}} temperature 2.000000e+00 : tensor<?x32xf32>, tensor<?x32xf32> -> tensor<?xf32>
  %d = mase.distillation %x, %by temperature 2.0 : tensor<?x32xf32>, tensor<?x32xf32> -> tensor<?xf32>
  return
}
