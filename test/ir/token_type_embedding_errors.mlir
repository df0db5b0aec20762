// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s -split-input-file -verify-diagnostics

func.func @width(%x: tensor<?x128xf32>, %types: tensor<?xi32>, %table: tensor<2x64xf32>) {
  // expected-error @below {{the table's rows have 64 elements for 128 features}}
  %0 = mase.token_type_embedding %x, %types, %table
    : tensor<?x128xf32>, tensor<?xi32>, tensor<2x64xf32> -> tensor<?x128xf32>
  return
}

// -----

func.func @count(%x: tensor<?x128xf32>, %types: tensor<4xi32>, %table: tensor<2x128xf32>) {
  // expected-error @below {{4 types for ? tokens (one each is right)}}
  %0 = mase.token_type_embedding %x, %types, %table
    : tensor<?x128xf32>, tensor<4xi32>, tensor<2x128xf32> -> tensor<?x128xf32>
  return
}
