// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s -split-input-file -verify-diagnostics

func.func @rank(%x: tensor<?x128xf32>) {
  // expected-error @below {{result has 2 dimensions (3 are right: heads x tokens x features)}}
  %0 = mase.split_heads %x : tensor<?x128xf32> -> tensor<?x128xf32>
  return
}

// -----

func.func @features(%x: tensor<?x96xf32>) {
  // expected-error @below {{4 heads of 32 do not make the input's 96 features}}
  %0 = mase.split_heads %x : tensor<?x96xf32> -> tensor<4x?x32xf32>
  return
}

// -----

func.func @tokens(%x: tensor<7x128xf32>) {
  // expected-error @below {{result has shape 4x8x32 (4x7x32 follows from the operands)}}
  %0 = mase.split_heads %x : tensor<7x128xf32> -> tensor<4x8x32xf32>
  return
}

// -----

func.func @merge(%x: tensor<4x?x32xf32>) {
  // expected-error @below {{result has shape ?x96 (?x128 follows from the operands)}}
  %0 = mase.merge_heads %x : tensor<4x?x32xf32> -> tensor<?x96xf32>
  return
}

// -----

func.func @dynamic(%x: tensor<?x?x32xf32>) {
  // expected-error @below {{input has shape ?x?x32 (the number of heads and their size are known)}}
  %0 = mase.merge_heads %x : tensor<?x?x32xf32> -> tensor<?x?xf32>
  return
}
