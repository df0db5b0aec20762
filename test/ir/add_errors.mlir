// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s -split-input-file -verify-diagnostics

func.func @shape(%a: tensor<?x128xf32>, %b: tensor<128xf32>) {
  // expected-error @below {{failed to verify that all of {lhs, rhs, result} have same shape}}
  %0 = mase.add %a, %b : tensor<?x128xf32>, tensor<128xf32> -> tensor<?x128xf32>
  return
}
