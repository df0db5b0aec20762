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
