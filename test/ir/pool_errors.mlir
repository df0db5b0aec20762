// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s -split-input-file -verify-diagnostics

func.func @token(%x: tensor<?x128xf32>) {
  // expected-error @below {{token is 'middle' (first or last is right)}}
  %0 = mase.pool "middle" %x : tensor<?x128xf32> -> tensor<1x128xf32>
  return
}

// -----

func.func @rows(%x: tensor<?x128xf32>) {
  // expected-error @below {{result has shape ?x128 (1x128 follows from the operands)}}
  %0 = mase.pool "first" %x : tensor<?x128xf32> -> tensor<?x128xf32>
  return
}
