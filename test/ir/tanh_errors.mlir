// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s -split-input-file -verify-diagnostics

func.func @shape(%x: tensor<?x352xf32>) {
  // expected-error @below {{failed to verify that all of {input, result} have same shape}}
  %0 = mase.tanh %x : tensor<?x352xf32> -> tensor<?x351xf32>
  return
}
