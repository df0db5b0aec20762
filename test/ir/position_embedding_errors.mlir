// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s -split-input-file -verify-diagnostics

func.func @width(%x: tensor<?x128xf32>, %table: tensor<514x64xf32>) {
  // expected-error @below {{the table's rows have 64 elements for 128 features}}
  %0 = mase.position_embedding %x, %table offset 2 : tensor<?x128xf32>, tensor<514x64xf32> -> tensor<?x128xf32>
  return
}

// -----

func.func @negative(%x: tensor<?x128xf32>, %table: tensor<514x128xf32>) {
  // expected-error @below {{offset is -1 in a table of 514 rows (the row of position 0 is right)}}
  %0 = mase.position_embedding %x, %table offset -1 : tensor<?x128xf32>, tensor<514x128xf32> -> tensor<?x128xf32>
  return
}

// -----

func.func @past(%x: tensor<?x128xf32>, %table: tensor<514x128xf32>) {
  // expected-error @below {{offset is 514 in a table of 514 rows (the row of position 0 is right)}}
  %0 = mase.position_embedding %x, %table offset 514 : tensor<?x128xf32>, tensor<514x128xf32> -> tensor<?x128xf32>
  return
}

// -----

func.func @shape(%x: tensor<?x128xf32>, %table: tensor<514x128xf32>) {
  // expected-error @below {{failed to verify that all of {input, result} have same shape}}
  %0 = mase.position_embedding %x, %table offset 2 : tensor<?x128xf32>, tensor<514x128xf32> -> tensor<1x128xf32>
  return
}
