// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s | mase-opt | FileCheck %s
// RUN: mase-opt %s --emit-bytecode | mase-opt | FileCheck %s
// RUN: mase-opt %s --canonicalize --cse | FileCheck %s

// A cache has state: two of one value are two, and one without readers stays.
// CHECK-LABEL: func.func @kv_cache
func.func @kv_cache(%x: tensor<2x?x32xf32>) -> tensor<2x?x32xf32> {
  // CHECK: mase.kv_cache "k" %{{.*}} : tensor<2x?x32xf32> -> tensor<2x?x32xf32>
  %0 = mase.kv_cache "k" %x : tensor<2x?x32xf32> -> tensor<2x?x32xf32>
  // CHECK: mase.kv_cache "k" %{{.*}} : tensor<2x?x32xf32> -> tensor<2x?x32xf32>
  %1 = mase.kv_cache "k" %x : tensor<2x?x32xf32> -> tensor<2x?x32xf32>
  // CHECK: mase.kv_cache "unread" %{{.*}} : tensor<2x?x32xf32> -> tensor<2x?x32xf32>
  %2 = mase.kv_cache "unread" %x : tensor<2x?x32xf32> -> tensor<2x?x32xf32>
  %3 = mase.add %0, %1 : tensor<2x?x32xf32>, tensor<2x?x32xf32> -> tensor<2x?x32xf32>
  return %3 : tensor<2x?x32xf32>
}
