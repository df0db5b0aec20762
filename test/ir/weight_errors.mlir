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

// -----

func.func @rows() {
  // expected-error @below {{rows are given by 2 numbers (first, run and stride are right)}}
  %0 = mase.weight "w" stored [6, 2] rows [0, 4] : tensor<4x2xf32>
  return
}

// -----

func.func @place() {
  // expected-error @below {{'w' cannot hold it: 4 rows of a tensor that is 6x2 do not begin at 3, 4 of each 4}}
  %0 = mase.weight "w" stored [6, 2] rows [3, 4, 4] : tensor<4x2xf32>
  return
}
