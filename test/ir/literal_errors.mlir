// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s -split-input-file -verify-diagnostics

// MLIR reads a literal of a dialect's type as one without elements.
func.func @on_operator(%x: tensor<?x8xf32>) {
  // expected-error @below {{'mase.silu' op attribute 'initial' is a literal of '!mase.mxint<4>', which MLIR reads as empty (numbers in a format come from mase.weight)}}
  %y = mase.silu %x {initial = dense<1> : tensor<4x!mase.mxint<4>>} : tensor<?x8xf32> -> tensor<?x8xf32>
  return
}

// -----

// expected-error @below {{attribute 'mase.initial' is a literal of '!mase.mxint<4>', which MLIR reads as empty}}
func.func private @on_function() attributes {mase.initial = dense<1> : tensor<4x!mase.mxint<4>>}
