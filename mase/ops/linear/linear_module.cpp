// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/linear_module.h"

#include "mase/ops/linear/bit_true.h"
#include "mase/ops/linear/cycles.h"
#include "mase/ops/linear/hardware.h"

#include <algorithm>
#include <fmt/format.h>
#include <tuple>

namespace mase {

HardwareModule linearModule(const HardwareRequest &request) {
  const ConstMatrixView weight = request.op.constants.at(0).values;
  LinearConfig config;
  config.inFeatures = weight.cols;
  config.outFeatures = weight.rows;
  config.input = request.formats.inputs.at(0);
  config.weight = request.formats.weight;
  config.output = request.formats.output;
  config.tileIn = request.tile.in;
  config.tileOut = request.tile.out;
  config.multiplier = request.tile.dsp ? Multiplier::Dsp : Multiplier::CarryRows;
  config.hasBias = request.op.constants.size() > 1;
  checkLinearHardware(config);
  EncodedMatrix codes;
  std::span<const float> bias;
  LinearConstants constants;
  if (request.contents) {
    codes = config.weight->encode(weight);
    if (config.hasBias)
      bias = {request.op.constants[1].values.data, static_cast<size_t>(config.outFeatures)};
    constants = linearConstants(config, codes, bias);
  }
  config.castShift = constants.castShift;

  HardwareModule made;
  made.module = "mase_linear";
  made.kind = linearKindName(config);
  for (const auto &[name, value] : linearParameters(config))
    made.parameters.emplace_back(name, fmt::format("{}", value));
  for (const auto &table : linearTables(config))
    made.parameters.push_back(table);
  made.operands = {edgePort("x", *config.input, config.inFeatures, config.tileIn)};
  if (config.output)
    made.results = {edgePort("y", *config.output, config.outFeatures, config.tileOut)};
  else // the sums
    made.results = {
        {"y", config.tileOut * linearSumBits(config), 0, nullptr, config.tileOut, config.outFeatures, true}};
  made.rowsInside = 2;
  made.timing.inputs = {{.slots = 2, .unit = config.inFeatures / config.tileIn}};
  made.timing.loops = config.outFeatures / config.tileOut;
  made.timing.phases = {{.ticks = config.inFeatures / config.tileIn, .gives = WorkPhase::Gives::last}};
  made.timing.stages = stagesToSum(config);
  made.timing.queue = config.output ? castQueue(*config.output, config.tileOut) : QueueTiming{.capacity = 4};
  const MemoryShape memory = weightMemoryShape(config);
  made.words = HardwareWords{"w", memory.widthBits, {}, memory.depthWords};
  made.weight = config.weight;
  if (!request.contents)
    return made;
  made.words->words = packWeights(config, codes, bias);
  made.constants = {{"w_largest_scale_i", 8, constants.largestScale},
                    {"w_exponent_i", 11, constants.exponent},
                    {"w_factor_i", 16, constants.factor},
                    {"w_least_scale_i", 8, constants.leastScale},
                    {"w_bias_shift_i", 11, constants.biasShift}};
  return made;
}

LinearConfig linearConfigOf(const HardwareModule &module) {
  auto parameter = [&](std::string_view name) {
    for (const auto &[own, value] : module.parameters)
      if (own == name)
        return std::stoi(value);
    return 0;
  };
  const HardwarePort &x = module.operands.at(0), &y = module.results.at(0);
  LinearConfig config;
  config.inFeatures = x.features;
  config.outFeatures = y.features;
  config.input = x.format;
  config.weight = module.weight;
  config.output = y.format;
  config.tileIn = static_cast<int>(x.tile);
  config.tileOut = static_cast<int>(y.tile);
  config.hasBias = parameter("Bias") != 0;
  config.guardBits = parameter("GuardBits");
  config.castShift = parameter("CastShift");
  config.multiplier = parameter("Dsp") != 0 ? Multiplier::Dsp : Multiplier::CarryRows;
  return config;
}

std::vector<HardwareTile> linearTiles(const OperatorDescription &op, int64_t most) {
  const int64_t in = op.constants.at(0).values.cols, out = op.constants.at(0).values.rows;
  std::vector<HardwareTile> tiles;
  for (int tileIn : tileSizes(in, most))
    for (int tileOut : tileSizes(out, most / tileIn))
      tiles.push_back({tileIn, tileOut, 1});
  const auto rank = [](const HardwareTile &tile) {
    return std::tuple(tile.in > 32, int64_t{tile.in} * tile.out, tile.out);
  };
  std::sort(tiles.begin(), tiles.end(), [&](const auto &a, const auto &b) { return rank(a) < rank(b); });
  for (size_t carried = tiles.size(), i = 0; i < carried; ++i) {
    tiles.push_back(tiles[i]);
    tiles.back().dsp = true;
  }
  return tiles;
}

int64_t linearCycles(const OperatorDescription &op, const HardwareTile &tile) {
  const ConstMatrixView weight = op.constants.at(0).values;
  return weight.cols / tile.in * (weight.rows / tile.out);
}

} // namespace mase
