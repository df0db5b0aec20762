// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The hardware side of a linear layer: which configs exist, the parameters of `mase_linear` and its weight memory.
///
/// `mase_linear` (mase_linear.sv) is one module for all formats, shapes and tiles; docs/streams.md S1 to S4 describe
/// its ports. Thread-safe. No MLIR.
#pragma once

#include "mase/ops/linear/linear_config.h"

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mase {

/// Errors  InputError when no hardware has this config: a format that has no linear (operands.h), features that are not
/// a multiple of 32 (A3), a tile that S1 does not allow, guard bits outside 1 to 16, sums above 63
///         bits, outputs wider than the sum less 3 bits, or DSPs for products of fewer than 9 bits, one a slice.
void checkLinearHardware(const LinearConfig &config);

/// What the hardware of a linear is told of its tensors, on ports.
struct LinearConstants {
  int largestScale = 0;              // E_tensor as a decoded scale (A5)
  int exponent = 0;                  // what the decoded scales of 127 stand for, and the output's static scale (A23)
  int factor = 0;                    // of all sums (A23)
  int castShift = 0;                 // for the config: a parameter
  std::vector<int64_t> rowFactors;   // of each output, in the words of weights; then `factor` is 0 (A27)
  int leastScale = 0, biasShift = 0; // of a row, as an input's stored scale; of the biases where that scale is 0 (O17)
  std::vector<int32_t> bias;         // of each output, in the words of weights
};
/// weight  in the config's weight format
/// bias    one an output, if the config has one
/// Errors  InputError when a bias is not finite or out of all proportion to the weights.
LinearConstants linearConstants(const LinearConfig &config, const EncodedMatrix &weight,
                                std::span<const float> bias = {});
/// How many outputs' products with one input a DSP48E2 (27 x 18 bits) forms in one multiplication: weights of b bits
/// stand a + b - 1 bits apart in its wide operand, n of them in (n-1)(a+b-1) + b <= 27 bits; a: bits of a decoded
/// input.
int productsPerDsp(const LinearConfig &config);
/// Whether synthesis builds the config's multipliers as it says: a DSP slice for one product of fewer than 9 bits (both
/// elements' together) becomes LUTs.
bool hasMultiplier(const LinearConfig &config);
/// DSP slices of the config: none unless its multiplier is Dsp.
int64_t dspSlices(const LinearConfig &config);

/// Names and values of the parameters of `mase_linear`, tables apart.
std::vector<std::pair<std::string, int64_t>> linearParameters(const LinearConfig &config);

/// Names and values, as SystemVerilog writes them, of the parameters that hold tables: the integer of each code (A17).
std::vector<std::pair<std::string, std::string>> linearTables(const LinearConfig &config);

/// A short name that two configs share exactly when their hardware is the same:
/// `linear_64x352_mxint4_mxint6_mxint8_t32x1` (in x out, input, weight, output or `wide`, tile in x out). Calibrated
/// steps are no part of it, as they are on ports, but a cast's shift is.
std::string linearKindName(const LinearConfig &config);

/// The output format's name, or "wide".
std::string outputName(const LinearConfig &config);
/// Bits of an element's code behind the cast, or of a sum.
int outputBits(const LinearConfig &config);

struct MemoryShape {
  int64_t widthBits = 0, depthWords = 0;
};
/// The weight memory beside the linear: a stream that gives one word a beat, all of them for each row (S3).
MemoryShape weightMemoryShape(const LinearConfig &config);

/// The words of the weight memory in the order of their addresses, each as hexadecimal digits for `$readmemh` (S3).
/// weight  outFeatures x inFeatures, encoded in the config's weight format
/// bias    one an output, if the config has one
std::vector<std::string> packWeights(const LinearConfig &config, const EncodedMatrix &weight,
                                     std::span<const float> bias = {});

/// A weight tensor as its memory stores it, whatever the tile.
struct StoredWeights {
  std::vector<uint32_t> element; // outFeatures x inFeatures, the bits of each element
  std::vector<uint32_t> scale;   // outFeatures x blocks, the stored scales, if there are any, or factors of outputs
  std::vector<uint32_t> bias;    // outFeatures, or none: 16 bits each (O17)
  bool operator==(const StoredWeights &) const = default;
};
/// Reads words back: the inverse of packWeights.
/// Errors  InputError when there are too many or too few words, or one is not of the memory's width.
StoredWeights unpackWeights(const LinearConfig &config, const std::vector<std::string> &words);

} // namespace mase
