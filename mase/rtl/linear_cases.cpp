// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/registry.h"
#include "mase/ops/linear/bit_true.h"
#include "mase/ops/linear/cycles.h"
#include "mase/ops/linear/hardware.h"
#include "mase/ops/testing/edge_rows.h"
#include "mase/rtl/plumbing_cases.h"
#include "mase/support/random.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace mase {
namespace {

/// Values over some octaves, block by block and row by row.
std::vector<float> weightsOf(int64_t rows, int64_t cols) {
  Random random(5);
  std::vector<float> values(static_cast<size_t>(rows * cols));
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(std::ldexp(random.uniform() * 2 - 1, -static_cast<int>(i / 32 % 7 + i / 640 % 3)));
  return values;
}

BlockIntegers inputRows(const Format &format, int64_t cols, bool longer) {
  const std::vector<float> values = weightsOf(longer ? 200 : 12, cols);
  std::vector<float> rows = values;
  std::fill_n(rows.begin(), cols, 0.0F); // where there is a bias, the first row is that alone
  return format.integers({rows.data(), std::ssize(rows) / cols, cols});
}

struct LinearShape {
  const char *input, *weight, *output; // no output: the sums
  int tileIn, tileOut;
  double bias = 0; // how large; 0: there is none
  int64_t outFeatures = 32;
};

ModuleCase linearCase(const LinearShape &shape, bool longer) {
  LinearConfig config;
  config.inFeatures = 64, config.outFeatures = shape.outFeatures, config.tileIn = shape.tileIn,
  config.tileOut = shape.tileOut;
  config.input = &parseFormat(shape.input), config.weight = &parseFormat(shape.weight);
  config.output = shape.output ? &parseFormat(shape.output) : nullptr;
  config.hasBias = shape.bias > 0;
  checkLinearHardware(config);
  const std::vector<float> values = weightsOf(config.outFeatures, config.inFeatures);
  const ConstMatrixView matrix = {values.data(), config.outFeatures, config.inFeatures};
  const EncodedMatrix codes = config.weight->encode(matrix);
  const BlockIntegers rows = inputRows(*config.input, config.inFeatures, longer);
  std::vector<float> bias;
  for (int64_t o = 0; o < config.outFeatures && config.hasBias; ++o)
    bias.push_back(static_cast<float>(values[static_cast<size_t>(o)] * shape.bias));
  const LinearConstants constants = linearConstants(config, codes, bias);
  config.castShift = constants.castShift;

  ModuleCase one;
  one.name = fmt::format("{} {}", linearKindName(config), shape.bias);
  one.module = "mase_linear";
  for (const auto &[name, value] : linearParameters(config))
    one.parameters.emplace_back(name, fmt::format("{}", value));
  one.inputs = {edgeStream("x", *config.input, rows, config.tileIn), {"w", weightMemoryShape(config).widthBits, 0, {}}};
  const std::vector<std::string> words = packWeights(config, codes, bias);
  for (int64_t r = 0; r < rows.rows; ++r)
    one.inputs[1].beats.insert(one.inputs[1].beats.end(), words.begin(), words.end());
  one.constants = {{"w_largest_scale_i", fmt::format("8'd{}", constants.largestScale)},
                   {"w_exponent_i", fmt::format("11'd{}", constants.exponent & 0x7FF)},
                   {"w_factor_i", fmt::format("16'd{}", constants.factor)},
                   {"w_least_scale_i", fmt::format("8'd{}", constants.leastScale)},
                   {"w_bias_shift_i", fmt::format("11'd{}", constants.biasShift & 0x7FF)}};
  const LinearBitTrue linear(config, config.weight->integers(matrix), bias);
  one.output = config.output ? edgeStream("y", *config.output, linear(rows), config.tileOut)
                             : numberStream("y", linear.sums(rows).sum, config.tileOut, linearSumBits(config), 1);
  one.outputBeatsPerRow = config.outFeatures / config.tileOut;
  one.cycles = predictedCycles(config, rows.rows);
  return one;
}

} // namespace

std::vector<ModuleCase> linearCases(bool longer) {
  const LinearShape shapes[] = {
      {"mxint8", "mxint4", nullptr, 8, 2},
      {"fixed<8,6>", "fixed<8,7>", nullptr, 64, 1},
      {"mxint6", "int8:row", nullptr, 32, 4, 1e-5},
      {"mxint8", "int8", nullptr, 32, 1, 100},
      {"mxint8", "mxint8", nullptr, 8, 1, 2, 3}, // heads of a few classes
      {"mxint8", "mxint4", nullptr, 64, 2, 2, 2},
      // Biases far below the sums, beside them, far above.
      {"mxint8", "mxint4", "mxint8", 8, 1, 1e-4},
      {"mxint8", "mxint4", "mxint8", 64, 2, 2},
      {"mxint8", "mxint4", "mxint8", 8, 1, 3e4},
      {"mxfp8_e4m3", "nvfp4", "mxint8", 16, 2, 2},      // a factor, terms of 16
      {"int8/0.0079", "int8", "int8/0.02", 8, 1, 1e-4}, // nothing has a scale beside it
      {"int8/0.0079", "int8", "int8/0.02", 4, 4, 2},
      {"int8/0.0079", "int8", "int8/0.02", 32, 1, 3e6},        // above all that the products can be: these are shifted
      {"fixed<8,6>", "fixed<8,7>", "fixed<16,8>", 64, 1, 1e6}, // nor a factor
      {"int8/0.0079", "int8:row", "mxint8", 32, 8, 2},         // factors and biases of rows
      {"mxint8", "int8:row", "mxint8", 64, 2, 2},
      {"mxint8/e5", "mxint4/e4", "mxint6/e4", 8, 1, 2},
      {"fixed<2,1>", "int2", "fixed<8,4>", 8, 2, 1}, // terms with fewer bits than a bias
      {"fixed<2,1>", "int2", "fixed<8,4>", 32, 1, 1e4},
      {"mxint4", "mxint4", "fixed<16,8>", 32, 2, 30},
  };
  std::vector<ModuleCase> cases;
  for (const LinearShape &shape : shapes)
    cases.push_back(linearCase(shape, longer));
  return cases;
}

} // namespace mase
