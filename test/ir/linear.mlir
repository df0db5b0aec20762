// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s

// CHECK-LABEL: func.func @linear
func.func @linear(%x: tensor<?x128xf32>, %w: tensor<64x128xbf16>, %b: tensor<64xf32>,
                  %xq: tensor<?x128x!mase.mxint<6>>, %wq: tensor<64x128x!mase.mxint<4>>,
                  %x2: tensor<?x128x!mase.mxint<6, block = [16, 2]>>) {
  // CHECK: mase.linear %{{.*}}, %{{.*}} module "fc1" : tensor<?x128xf32>, tensor<64x128xbf16> -> tensor<?x64xf32>
  %0 = mase.linear %x, %w module "fc1" : tensor<?x128xf32>, tensor<64x128xbf16> -> tensor<?x64xf32>
  // CHECK: mase.linear %{{.*}}, %{{.*}} bias %{{.*}} module "fc2" : tensor<?x128xf32>, tensor<64x128xbf16>, tensor<64xf32> -> tensor<?x64xf32>
  %1 = mase.linear %x, %w bias %b module "fc2" : tensor<?x128xf32>, tensor<64x128xbf16>, tensor<64xf32> -> tensor<?x64xf32>
  // CHECK: mase.linear %{{.*}} module "fc3" {hw = #mase.hw<ip = "linear", tile = [32, 4]>} : tensor<?x128x!mase.mxint<6>>, tensor<64x128x!mase.mxint<4>> -> tensor<?x64x!mase.mxint<8>>
  %2 = mase.linear %xq, %wq module "fc3" {hw = #mase.hw<ip = "linear", tile = [32, 4]>}
    : tensor<?x128x!mase.mxint<6>>, tensor<64x128x!mase.mxint<4>> -> tensor<?x64x!mase.mxint<8>>
  // Blocks of several rows are for emulation, hence without hw.
  // CHECK: mase.linear %{{.*}} module "fc4" : tensor<?x128x!mase.mxint<6, block = [16, 2]>>, tensor<64x128x!mase.mxint<4>> -> tensor<?x64xf32>
  %3 = mase.linear %x2, %wq module "fc4"
    : tensor<?x128x!mase.mxint<6, block = [16, 2]>>, tensor<64x128x!mase.mxint<4>> -> tensor<?x64xf32>
  return
}
