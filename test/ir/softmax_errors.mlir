// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s -split-input-file -verify-diagnostics

func.func @scale(%x: tensor<4x?x?xf32>) {
  // expected-error @below {{scale is -1.000000e+00 (a number above 0 is right)}}
  %0 = mase.softmax %x scale -1.0 : tensor<4x?x?xf32> -> tensor<4x?x?xf32>
  return
}

// -----

func.func @window(%x: tensor<4x?x?xf32>) {
  // expected-error @below {{window is 0 (1 or more keys of a causal softmax)}}
  %0 = mase.softmax %x scale 1.0 causal window 0 : tensor<4x?x?xf32> -> tensor<4x?x?xf32>
  return
}

// -----

func.func @full(%x: tensor<4x?x?xf32>) {
  // expected-error @below {{window is 4 without causal (1 or more keys of a causal softmax)}}
  %0 = mase.softmax %x scale 1.0 window 4 : tensor<4x?x?xf32> -> tensor<4x?x?xf32>
  return
}
