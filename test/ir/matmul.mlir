// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s

// CHECK-LABEL: func.func @attention
func.func @attention(%q: tensor<4x?x32xf32>, %k: tensor<2x?x32xf32>, %v: tensor<2x?x32x!mase.mxint<8>>) -> tensor<4x?x32xf32> {
  // CHECK: mase.matmul %{{.*}}, %{{.*}} transpose_rhs causal : tensor<4x?x32xf32>, tensor<2x?x32xf32> -> tensor<4x?x?xf32>
  %0 = mase.matmul %q, %k transpose_rhs causal : tensor<4x?x32xf32>, tensor<2x?x32xf32> -> tensor<4x?x?xf32>
  // CHECK: mase.matmul %{{.*}}, %{{.*}} : tensor<4x?x?xf32>, tensor<2x?x32x!mase.mxint<8>> -> tensor<4x?x32xf32>
  %1 = mase.matmul %0, %v : tensor<4x?x?xf32>, tensor<2x?x32x!mase.mxint<8>> -> tensor<4x?x32xf32>
  return %1 : tensor<4x?x32xf32>
}
