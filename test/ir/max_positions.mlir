// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s -split-input-file -verify-diagnostics

func.func private @right() attributes {mase.max_positions = 512 : i64}

// -----

// expected-error @below {{mase.max_positions is 0 : i64 (a positive i64 is right)}}
func.func private @zero() attributes {mase.max_positions = 0 : i64}

// -----

// expected-error @below {{mase.max_positions is "many" (a positive i64 is right)}}
func.func private @text() attributes {mase.max_positions = "many"}
