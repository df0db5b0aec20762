// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s -split-input-file -verify-diagnostics
// RUN: not mase-opt %S/Inputs/no_gradient.mlir --mase-gradient 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: 'mase.gradient' op has no gradient (operators of models have)
// RUN: not mase-opt %S/Inputs/no_logits.mlir --mase-gradient 2>&1 | FileCheck %s --check-prefix=LOGITS
// LOGITS: returns no logits (one matrix is right)

func.func @of(%x: tensor<?x4xf32>) {
  // expected-error @below {{is of 'sinus', which is no operator of the dialect}}
  %0 = mase.gradient "sinus"(%x) by %x wanted [0] with {} : (tensor<?x4xf32>), tensor<?x4xf32> -> tensor<?x4xf32>
  return
}

// -----

func.func @count(%x: tensor<?x4xf32>) {
  // expected-error @below {{has 1 results for 2 operands wanted}}
  %0 = mase.gradient "mul"(%x, %x) by %x wanted [0, 1] with {} : (tensor<?x4xf32>, tensor<?x4xf32>), tensor<?x4xf32> -> tensor<?x4xf32>
  return
}

// -----

func.func @range(%x: tensor<?x4xf32>) {
  // expected-error @below {{wants operand 1 (ascending, below 1, is right)}}
  %0 = mase.gradient "relu"(%x) by %x wanted [1] with {} : (tensor<?x4xf32>), tensor<?x4xf32> -> tensor<?x4xf32>
  return
}

// -----

func.func @shape(%x: tensor<?x4xf32>) {
  // expected-error @below {{gives a gradient of 'tensor<?x5xf32>' for operand 0 ('tensor<?x4xf32>' is right)}}
  %0 = mase.gradient "relu"(%x) by %x wanted [0] with {} : (tensor<?x4xf32>), tensor<?x4xf32> -> tensor<?x5xf32>
  return
}

// -----

func.func @weight(%x: tensor<4x4xf32>) {
  // expected-error @below {{changes a value that is no weight (a result of mase.weight is right)}}
  mase.adamw %x, %x : tensor<4x4xf32>, tensor<4x4xf32>
  return
}

// -----

func.func @gradient(%x: tensor<4x4xf32>) {
  %w = mase.weight "w" : tensor<4x5xf32>
  // expected-error @below {{has a gradient of 4x4 for a weight of 4x5}}
  mase.adamw %w, %x : tensor<4x5xf32>, tensor<4x4xf32>
  return
}

// -----

func.func @teacher(%x: tensor<?x4xf32>, %t: tensor<?x5xf32>) {
  // expected-error @below {{has a teacher of ?x5 for logits of ?x4}}
  %0 = mase.distillation %x, %t temperature 1.0 : tensor<?x4xf32>, tensor<?x5xf32> -> tensor<?xf32>
  return
}

// -----

func.func @temperature(%x: tensor<?x4xf32>) {
  // expected-error @below {{temperature is 0.000000e+00 (a number above 0 is right)}}
  %0 = mase.distillation %x, %x temperature 0.0 : tensor<?x4xf32>, tensor<?x4xf32> -> tensor<?xf32>
  return
}
