// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s -split-input-file -verify-diagnostics

func.func @targets(%logits: tensor<7x1024xf32>, %targets: tensor<6xi32>) {
  // expected-error @below {{has 6 targets for 7 rows of logits}}
  %0 = mase.cross_entropy %logits, %targets : tensor<7x1024xf32>, tensor<6xi32> -> tensor<7xf32>
  return
}

// -----

func.func @result(%logits: tensor<7x1024xf32>, %targets: tensor<7xi32>) {
  // expected-error @below {{result has shape 8 (7 follows from the operands)}}
  %0 = mase.cross_entropy %logits, %targets : tensor<7x1024xf32>, tensor<7xi32> -> tensor<8xf32>
  return
}
