// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s -split-input-file -verify-diagnostics

func.func @name() {
  // expected-error @below {{name is empty (the tensor's name in the model's files is right)}}
  %0 = mase.weight "" : tensor<4xf32>
  return
}

// -----

func.func @shape() {
  // expected-error @below {{'w' has shape ?x4 (every size of a weight is known)}}
  %0 = mase.weight "w" : tensor<?x4xf32>
  return
}

// -----

func.func @element() {
  // expected-error @below {{result #0 must be ranked tensor of f32, bf16, f16 or a number format values, but got 'tensor<4xi8>'}}
  %0 = mase.weight "w" : tensor<4xi8>
  return
}
