// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s -split-input-file -verify-diagnostics

// expected-error @below {{hw has no ip (the name of a hardware template)}}
func.func private @ip() attributes {mase.hw = #mase.hw<ip = "", tile = [1]>}

// -----

// expected-error @below {{hw tile [4, 0] is not a list of positive sizes}}
func.func private @tile() attributes {mase.hw = #mase.hw<ip = "linear", tile = [4, 0]>}

// -----

// expected-error @below {{hw tile [] is not a list of positive sizes}}
func.func private @tile() attributes {mase.hw = #mase.hw<ip = "linear", tile = []>}
