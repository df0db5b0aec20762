// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s

// CHECK: mase.silu %{{.*}} {hw = #mase.hw<ip = "silu", tile = [1, 8]>}
func.func @hw(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %y = mase.silu %x {hw = #mase.hw<ip = "silu", tile = [1, 8]>} : tensor<?x8xf32> -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}
