// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s -split-input-file -verify-diagnostics

// expected-error @below {{format 'mxint13:1x32' has elements of 13 bits (2 to 12 are possible)}}
func.func private @mxint(tensor<8x!mase.mxint<13>>)

// -----

// expected-error @below {{format 'mxint4:0x2' does not exist}}
func.func private @mxint(tensor<8x!mase.mxint<4, block = [0, 2]>>)

// -----

// expected-error @below {{block has 1 dimensions (2 are right: [rows, columns])}}
func.func private @mxint(tensor<8x!mase.mxint<4, block = [32]>>)

// -----

// expected-error @below {{format 'fixed<25,4>' has elements of 25 bits (2 to 24 are possible)}}
func.func private @fixed(tensor<8x!mase.fixed<25, 4>>)

// -----

// expected-error @below {{format 'mxint4' has a type of its own (!mase.format is for those that have none)}}
func.func private @named(tensor<8x!mase.format<"mxint4">>)

// -----

// expected-error @below {{format 'mxint4:1x32' is not the short name ('mxint4' is)}}
func.func private @short(tensor<8x!mase.format<"mxint4:1x32">>)

// -----

// expected-error @below {{format 'nonsense' does not exist}}
func.func private @named(tensor<8x!mase.format<"nonsense">>)

// -----

// expected-error @below {{format 'bmf<7,3>' has 7 exponent bits (1 to 6 are possible)}}
func.func private @named(tensor<8x!mase.format<"bmf<7,3>">>)

// -----

// expected-error @below {{format 'int8/e8' has scale 'e8' (fp32 is possible)}}
func.func private @named(tensor<8x!mase.format<"int8/e8">>)

// -----

// expected-error @below {{format 'table(nf5)': there is no table 'nf5' (nf4, or a path to a .toml)}}
func.func private @named(tensor<8x!mase.format<"table(nf5)">>)
