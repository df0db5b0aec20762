// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mase-opt %s -split-input-file -verify-diagnostics

func.func @module(%x: tensor<?x128xf32>, %w: tensor<64x128xf32>) {
  // expected-error @below {{module is empty (the layer's Hugging Face name is right)}}
  %0 = mase.linear %x, %w module "" : tensor<?x128xf32>, tensor<64x128xf32> -> tensor<?x64xf32>
  return
}

// -----

func.func @features(%x: tensor<?x96xf32>, %w: tensor<64x128xf32>) {
  // expected-error @below {{input has 96 features, the weight takes 128}}
  %0 = mase.linear %x, %w module "fc1" : tensor<?x96xf32>, tensor<64x128xf32> -> tensor<?x64xf32>
  return
}

// -----

func.func @bias(%x: tensor<?x128xf32>, %w: tensor<64x128xf32>, %b: tensor<128xf32>) {
  // expected-error @below {{bias has 128 elements for 64 output features}}
  %0 = mase.linear %x, %w bias %b module "fc1" : tensor<?x128xf32>, tensor<64x128xf32>, tensor<128xf32> -> tensor<?x64xf32>
  return
}

// -----

func.func @result(%x: tensor<7x128xf32>, %w: tensor<64x128xf32>) {
  // expected-error @below {{result has shape 7x128 (7x64 follows from the operands)}}
  %0 = mase.linear %x, %w module "fc1" : tensor<7x128xf32>, tensor<64x128xf32> -> tensor<7x128xf32>
  return
}

// -----

func.func @rank(%x: tensor<2x?x128xf32>, %w: tensor<64x128xf32>) {
  // expected-error @below {{operand #0 must be tokens x features tensor of f32, bf16, f16 or a number format values}}
  %0 = mase.linear %x, %w module "fc1" : tensor<2x?x128xf32>, tensor<64x128xf32> -> tensor<2x?x64xf32>
  return
}

// -----

func.func @law_3(%x: tensor<?x128x!mase.mxint<6, block = [16, 2]>>, %w: tensor<64x128x!mase.mxint<4>>) {
  // expected-error @below {{input block 16x2 mixes 16 tokens, so that a prompt fed token by token gives other bits (hardware takes blocks of one row)}}
  %0 = mase.linear %x, %w module "fc1" {hw = #mase.hw<ip = "linear", tile = [32, 4]>}
    : tensor<?x128x!mase.mxint<6, block = [16, 2]>>, tensor<64x128x!mase.mxint<4>> -> tensor<?x64xf32>
  return
}

// -----

func.func @tile_rank(%x: tensor<?x128x!mase.mxint<6>>, %w: tensor<64x128x!mase.mxint<4>>) {
  // expected-error @below {{hw tile has 1 sizes (2 are right: [in features, out features])}}
  %0 = mase.linear %x, %w module "fc1" {hw = #mase.hw<ip = "linear", tile = [32]>}
    : tensor<?x128x!mase.mxint<6>>, tensor<64x128x!mase.mxint<4>> -> tensor<?x64xf32>
  return
}

// -----

func.func @tile(%x: tensor<?x128x!mase.mxint<6>>, %w: tensor<64x128x!mase.mxint<4>>) {
  // expected-error @below {{hw tile 32x5 does not divide 128 input by 64 output features}}
  %0 = mase.linear %x, %w module "fc1" {hw = #mase.hw<ip = "linear", tile = [32, 5]>}
    : tensor<?x128x!mase.mxint<6>>, tensor<64x128x!mase.mxint<4>> -> tensor<?x64xf32>
  return
}

// -----

func.func @dynamic(%x: tensor<?x?xf32>, %w: tensor<?x?xf32>) {
  // expected-error @below {{weight has shape ?x? (both sizes are known)}}
  %0 = mase.linear %x, %w module "fc1" : tensor<?x?xf32>, tensor<?x?xf32> -> tensor<?x?xf32>
  return
}

// -----

func.func @law_3(%x: tensor<?x128x!mase.format<"nvfp4">>, %w: tensor<64x128x!mase.mxint<4>>) {
  // expected-error @below {{input format 'nvfp4' has one scale for all tokens, which is not known before the last one ('nvfp4/e4m3-row' has one a row)}}
  %0 = mase.linear %x, %w module "fc1" {hw = #mase.hw<ip = "linear", tile = [32, 4]>}
    : tensor<?x128x!mase.format<"nvfp4">>, tensor<64x128x!mase.mxint<4>> -> tensor<?x64xf32>
  return
}
