// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s

// CHECK-LABEL: func.func @rms_norm
func.func @rms_norm(%x: tensor<?x128xf32>, %w: tensor<128xbf16>) -> tensor<?x128xf32> {
  // CHECK: mase.rms_norm %{{.*}}, %{{.*}} epsilon 1.000000e-05 : tensor<?x128xf32>, tensor<128xbf16> -> tensor<?x128xf32>
  %0 = mase.rms_norm %x, %w epsilon 1.0e-05 : tensor<?x128xf32>, tensor<128xbf16> -> tensor<?x128xf32>
  return %0 : tensor<?x128xf32>
}

// CHECK-LABEL: func.func @heads
func.func @heads(%x: tensor<4x?x32xf32>, %w: tensor<32xbf16>) -> tensor<4x?x32xf32> {
  // CHECK: mase.rms_norm %{{.*}}, %{{.*}} epsilon 1.000000e-06 : tensor<4x?x32xf32>, tensor<32xbf16> -> tensor<4x?x32xf32>
  %0 = mase.rms_norm %x, %w epsilon 1.0e-06 : tensor<4x?x32xf32>, tensor<32xbf16> -> tensor<4x?x32xf32>
  return %0 : tensor<4x?x32xf32>
}
