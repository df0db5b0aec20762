// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A model that computes a gradient, which has none of its own.
func.func @main(%ids: tensor<?xi32>) -> tensor<?x32xf32> {
  %w = mase.weight "w" : tensor<64x32xbf16>
  %x = mase.embedding %ids, %w : tensor<?xi32>, tensor<64x32xbf16> -> tensor<?x32xf32>
  %y = mase.gradient "relu"(%x) by %x wanted [0] with {} : (tensor<?x32xf32>), tensor<?x32xf32> -> tensor<?x32xf32>
  return %y : tensor<?x32xf32>
}
