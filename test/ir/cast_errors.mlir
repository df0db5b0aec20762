// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s -split-input-file -verify-diagnostics

func.func @shape(%x: tensor<?x128xf32>) {
  // expected-error @below {{failed to verify that all of {input, result} have same shape}}
  %0 = mase.cast %x : tensor<?x128xf32> to tensor<?x64x!mase.mxint<4>>
  return
}
