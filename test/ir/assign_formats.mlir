// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s --mase-assign-formats=config=%S/Inputs/formats.toml | FileCheck %s
// RUN: mase-opt %s --mase-assign-formats=config=%S/Inputs/formats.toml > %t.mlir
// RUN: mase-opt %t.mlir --mase-assign-formats=config=%S/Inputs/formats.toml | diff - %t.mlir
// RUN: not mase-opt %s --mase-assign-formats 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: not mase-opt %s --mase-assign-formats=config=%S/Inputs/nowhere.toml 2>&1 | FileCheck %s --check-prefix=NOWHERE

// MISSING: error: option 'config' is missing (--mase-assign-formats=config=FILE is right)
// NOWHERE: error: {{.*}}nowhere.toml:2:1: {{.*}}nowhere

// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[X:.*]]: tensor<?x128xf32>
func.func @main(%x: tensor<?x128xf32>) -> tensor<?x32xf32> {
  // q and k read one cast of x; their weights have one each, behind the weight.
  // CHECK: %[[XQ:.*]] = mase.cast %[[X]] : tensor<?x128xf32> to tensor<?x128x!mase.mxint<6>>
  // CHECK-NEXT: %[[Q:.*]] = mase.weight "q"
  // CHECK-NEXT: %[[QQ:.*]] = mase.cast %[[Q]] : tensor<128x128xbf16> to tensor<128x128x!mase.mxint<3>>
  %q = mase.weight "q" : tensor<128x128xbf16>
  // CHECK-NEXT: %[[K:.*]] = mase.weight "k"
  // CHECK-NEXT: %[[KQ:.*]] = mase.cast %[[K]] : tensor<128x128xbf16> to tensor<128x128x!mase.mxint<4>>
  %k = mase.weight "k" : tensor<128x128xbf16>
  // CHECK-NEXT: mase.weight "head"
  // CHECK-NEXT: mase.cast
  %h = mase.weight "head" : tensor<32x128xbf16>
  // CHECK-NEXT: mase.linear %[[XQ]], %[[QQ]] module "model.q_proj" : tensor<?x128x!mase.mxint<6>>, tensor<128x128x!mase.mxint<3>> -> tensor<?x128xf32>
  %0 = mase.linear %x, %q module "model.q_proj" : tensor<?x128xf32>, tensor<128x128xbf16> -> tensor<?x128xf32>
  // CHECK-NEXT: mase.linear %[[XQ]], %[[KQ]] module "model.k_proj" : tensor<?x128x!mase.mxint<6>>, tensor<128x128x!mase.mxint<4>> -> tensor<?x128xf32>
  %1 = mase.linear %x, %k module "model.k_proj" : tensor<?x128xf32>, tensor<128x128xbf16> -> tensor<?x128xf32>
  // The residual is not an operand of a linear: it stays as it is.
  // CHECK-NEXT: %[[S:.*]] = mase.add %{{.*}}, %{{.*}} : tensor<?x128xf32>, tensor<?x128xf32> -> tensor<?x128xf32>
  %2 = mase.add %0, %1 : tensor<?x128xf32>, tensor<?x128xf32> -> tensor<?x128xf32>
  // CHECK-NEXT: %[[SQ:.*]] = mase.cast %[[S]] : tensor<?x128xf32> to tensor<?x128x!mase.mxint<8>>
  // CHECK-NEXT: mase.linear %[[SQ]]
  %3 = mase.linear %2, %h module "lm_head" : tensor<?x128xf32>, tensor<32x128xbf16> -> tensor<?x32xf32>
  return %3 : tensor<?x32xf32>
}
