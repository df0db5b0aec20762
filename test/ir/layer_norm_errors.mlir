// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s -split-input-file -verify-diagnostics

func.func @weight(%x: tensor<?x128xf32>, %w: tensor<64xf32>, %b: tensor<128xf32>) {
  // expected-error @below {{weight has 64 elements for 128 features}}
  %0 = mase.layer_norm %x, %w, %b epsilon 1.0e-05 : tensor<?x128xf32>, tensor<64xf32>, tensor<128xf32> -> tensor<?x128xf32>
  return
}

// -----

func.func @bias(%x: tensor<?x128xf32>, %w: tensor<128xf32>, %b: tensor<1xf32>) {
  // expected-error @below {{bias has 1 elements for 128 features}}
  %0 = mase.layer_norm %x, %w, %b epsilon 1.0e-05 : tensor<?x128xf32>, tensor<128xf32>, tensor<1xf32> -> tensor<?x128xf32>
  return
}

// -----

func.func @epsilon(%x: tensor<?x128xf32>, %w: tensor<128xf32>, %b: tensor<128xf32>) {
  // expected-error @below {{epsilon is -1.000000e+00 (a number of at least 0 is right)}}
  %0 = mase.layer_norm %x, %w, %b epsilon -1.0 : tensor<?x128xf32>, tensor<128xf32>, tensor<128xf32> -> tensor<?x128xf32>
  return
}

// -----

func.func @shape(%x: tensor<?x128xf32>, %w: tensor<128xf32>, %b: tensor<128xf32>) {
  // expected-error @below {{failed to verify that all of {input, result} have same shape}}
  %0 = mase.layer_norm %x, %w, %b epsilon 1.0e-05 : tensor<?x128xf32>, tensor<128xf32>, tensor<128xf32> -> tensor<?x64xf32>
  return
}
