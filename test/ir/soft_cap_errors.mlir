// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s -split-input-file -verify-diagnostics

func.func @cap(%x: tensor<?x64xf32>) {
  // expected-error @below {{scale is 1.000000e+00 and cap 0.000000e+00 (numbers above 0 are right)}}
  %0 = mase.soft_cap %x scale 1.0 cap 0.0 : tensor<?x64xf32> -> tensor<?x64xf32>
  return
}
