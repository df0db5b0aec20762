// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s
// RUN: mase-opt %s --canonicalize --cse | FileCheck %s --check-prefix=CSE

// CHECK-LABEL: func.func @cast
// CSE-LABEL: func.func @cast
func.func @cast(%x: tensor<?x128xf32>) -> (tensor<?x128x!mase.mxint<4>>, tensor<?x128x!mase.mxint<4>>, tensor<?x128xf32>, tensor<?x128xf32>) {
  // Readers of one format share one cast.
  // CSE: %[[Q:.*]] = mase.cast %{{.*}} : tensor<?x128xf32> to tensor<?x128x!mase.mxint<4>>
  // CSE-NEXT: %[[F:.*]] = mase.cast %[[Q]] : tensor<?x128x!mase.mxint<4>> to tensor<?x128xf32>
  // CSE-NEXT: return %[[Q]], %[[Q]], %[[F]], %arg0
  // CHECK: mase.cast %{{.*}} : tensor<?x128xf32> to tensor<?x128x!mase.mxint<4>>
  %0 = mase.cast %x : tensor<?x128xf32> to tensor<?x128x!mase.mxint<4>>
  %1 = mase.cast %x : tensor<?x128xf32> to tensor<?x128x!mase.mxint<4>>
  // CHECK: mase.cast %{{.*}} : tensor<?x128x!mase.mxint<4>> to tensor<?x128xf32>
  %2 = mase.cast %1 : tensor<?x128x!mase.mxint<4>> to tensor<?x128xf32>
  // A cast to its own type is nothing.
  %3 = mase.cast %x : tensor<?x128xf32> to tensor<?x128xf32>
  return %0, %1, %2, %3 : tensor<?x128x!mase.mxint<4>>, tensor<?x128x!mase.mxint<4>>, tensor<?x128xf32>, tensor<?x128xf32>
}
