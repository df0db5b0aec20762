// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s -split-input-file -verify-diagnostics

func.func @odd(%x: tensor<4x?x33xf32>) {
  // expected-error @below {{heads have 33 features (an even number is right)}}
  %0 = mase.rope %x theta 10000.0 : tensor<4x?x33xf32> -> tensor<4x?x33xf32>
  return
}

// -----

func.func @theta(%x: tensor<4x?x32xf32>) {
  // expected-error @below {{theta is 0.000000e+00 (a number above 0 is right)}}
  %0 = mase.rope %x theta 0.0 : tensor<4x?x32xf32> -> tensor<4x?x32xf32>
  return
}

// -----

func.func @rotary(%x: tensor<4x?x32xf32>) {
  // expected-error @below {{turns 34 features (an even number, at most the head's, is right)}}
  %0 = mase.rope %x theta 10000.0 rotary 34 : tensor<4x?x32xf32> -> tensor<4x?x32xf32>
  return
}

// -----

func.func @odd_rotary(%x: tensor<4x?x32xf32>) {
  // expected-error @below {{turns 3 features (an even number, at most the head's, is right)}}
  %0 = mase.rope %x theta 10000.0 rotary 3 : tensor<4x?x32xf32> -> tensor<4x?x32xf32>
  return
}

// -----

func.func @factor(%x: tensor<4x?x32xf32>) {
  // expected-error @below {{factor is -1.000000e+00 (a number above 0 is right)}}
  %0 = mase.rope %x theta 10000.0 factor -1.0 : tensor<4x?x32xf32> -> tensor<4x?x32xf32>
  return
}

// -----

func.func @llama3(%x: tensor<4x?x32xf32>) {
  // expected-error @below {{llama3 has not the numbers low, high and positions (0 < low < high, 0 < positions)}}
  %0 = mase.rope %x theta 10000.0 factor 8.0 llama3 [4.0, 1.0, 8192.0] : tensor<4x?x32xf32> -> tensor<4x?x32xf32>
  return
}

// -----

func.func @llama3_short(%x: tensor<4x?x32xf32>) {
  // expected-error @below {{llama3 has not the numbers low, high and positions}}
  %0 = mase.rope %x theta 10000.0 factor 8.0 llama3 [4.0] : tensor<4x?x32xf32> -> tensor<4x?x32xf32>
  return
}
