// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s -split-input-file -verify-diagnostics

func.func @name(%x: tensor<2x?x32xf32>) {
  // expected-error @below {{name is empty (each cache has a name of its own)}}
  %0 = mase.kv_cache "" %x : tensor<2x?x32xf32> -> tensor<2x?x32xf32>
  return
}

// -----

// How many rows come back depends on the calls before.
func.func @rows(%x: tensor<2x7x32xf32>) {
  // expected-error @below {{result has shape 2x7x32 (2x?x32 follows from the operands)}}
  %0 = mase.kv_cache "k" %x : tensor<2x7x32xf32> -> tensor<2x7x32xf32>
  return
}
