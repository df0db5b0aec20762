// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s

// Blocks of 1x32 are the default and not printed.
// CHECK: func.func private @mxint(tensor<?x128x!mase.mxint<4>>, tensor<?x128x!mase.mxint<2>>, tensor<?x128x!mase.mxint<12, block = [16, 2]>>)
func.func private @mxint(tensor<?x128x!mase.mxint<4>>, tensor<?x128x!mase.mxint<2, block = [1, 32]>>,
                         tensor<?x128x!mase.mxint<12, block = [16, 2]>>)

// CHECK: func.func private @fixed(tensor<8x!mase.fixed<24, 12>>, tensor<8x!mase.fixed<2, -3>>)
func.func private @fixed(tensor<8x!mase.fixed<24, 12>>, tensor<8x!mase.fixed<2, -3>>)

// Every other format goes by its name.
// CHECK: func.func private @named(tensor<?x128x!mase.format<"bmf<4,3>:16x2/e5">>, tensor<8x!mase.format<"mxfp4">>,
// CHECK-SAME: tensor<8x!mase.format<"int8:row">>, tensor<8x!mase.format<"table(nf4):1x32">>, tensor<8x!mase.format<"mxint4@mx-cpu-even">>)
func.func private @named(tensor<?x128x!mase.format<"bmf<4,3>:16x2/e5">>, tensor<8x!mase.format<"mxfp4">>,
                         tensor<8x!mase.format<"int8:row">>, tensor<8x!mase.format<"table(nf4):1x32">>,
                         tensor<8x!mase.format<"mxint4@mx-cpu-even">>)
