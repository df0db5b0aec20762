// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s

// Blocks of 1x32 are the default and not printed.
// CHECK: func.func private @mxint(tensor<?x128x!mase.mxint<4>>, tensor<?x128x!mase.mxint<2>>, tensor<?x128x!mase.mxint<12, block = [16, 2]>>)
func.func private @mxint(tensor<?x128x!mase.mxint<4>>, tensor<?x128x!mase.mxint<2, block = [1, 32]>>,
                         tensor<?x128x!mase.mxint<12, block = [16, 2]>>)

// CHECK: func.func private @fixed(tensor<8x!mase.fixed<24, 12>>, tensor<8x!mase.fixed<2, -3>>)
func.func private @fixed(tensor<8x!mase.fixed<24, 12>>, tensor<8x!mase.fixed<2, -3>>)
