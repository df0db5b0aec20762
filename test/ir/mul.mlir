// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s

// CHECK-LABEL: func.func @mul
func.func @mul(%a: tensor<?x128xf32>, %b: tensor<?x128x!mase.mxint<8>>) -> tensor<?x128xf32> {
  // CHECK: mase.mul %{{.*}}, %{{.*}} : tensor<?x128xf32>, tensor<?x128x!mase.mxint<8>> -> tensor<?x128xf32>
  %0 = mase.mul %a, %b : tensor<?x128xf32>, tensor<?x128x!mase.mxint<8>> -> tensor<?x128xf32>
  return %0 : tensor<?x128xf32>
}
