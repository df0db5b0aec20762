// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s -split-input-file -verify-diagnostics

func.func @groups(%a: tensor<4x?x32xf32>, %b: tensor<3x?x32xf32>) {
  // expected-error @below {{lhs has 4 heads, which is no multiple of rhs's 3}}
  %0 = mase.matmul %a, %b transpose_rhs : tensor<4x?x32xf32>, tensor<3x?x32xf32> -> tensor<4x?x?xf32>
  return
}

// -----

func.func @terms(%a: tensor<4x?x32xf32>, %b: tensor<2x?x16xf32>) {
  // expected-error @below {{sums over 32 elements of lhs, but 16 of rhs}}
  %0 = mase.matmul %a, %b transpose_rhs : tensor<4x?x32xf32>, tensor<2x?x16xf32> -> tensor<4x?x?xf32>
  return
}

// -----

func.func @result(%a: tensor<4x7x32xf32>, %b: tensor<2x32x5xf32>) {
  // expected-error @below {{result has shape 2x7x5 (4x7x5 follows from the operands)}}
  %0 = mase.matmul %a, %b : tensor<4x7x32xf32>, tensor<2x32x5xf32> -> tensor<2x7x5xf32>
  return
}
