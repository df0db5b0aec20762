// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s -split-input-file -verify-diagnostics

func.func @shape(%ids: tensor<?xi32>, %table: tensor<1024x128xf32>) {
  // expected-error @below {{result has shape ?x64 (?x128 follows from the operands)}}
  %0 = mase.embedding %ids, %table : tensor<?xi32>, tensor<1024x128xf32> -> tensor<?x64xf32>
  return
}

// -----

func.func @ids(%ids: tensor<?xf32>, %table: tensor<1024x128xf32>) {
  // expected-error @below {{operand #0 must be tensor of i32 ids}}
  %0 = mase.embedding %ids, %table : tensor<?xf32>, tensor<1024x128xf32> -> tensor<?x128xf32>
  return
}
