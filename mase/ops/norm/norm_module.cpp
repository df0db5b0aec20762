// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/norm/norm_module.h"

#include "mase/formats/registry.h"
#include "mase/ops/edge/stream_cycles.h"
#include "mase/ops/layer_norm/bit_true.h"
#include "mase/ops/norm/norm_hardware.h"
#include "mase/ops/rms_norm/bit_true.h"

#include "mase/support/error.h"

namespace mase {
namespace {

HardwareModule module(const HardwareRequest &request, Centering centering, const NormConstants &constants) {
  const Format &input = *request.formats.inputs.at(0), &output = *request.formats.output;
  // Heads follow each other in a row: to the module each is a row.
  const int64_t features = constants.features, tile = request.tile.in, heads = request.op.inputs.at(0).heads;
  if (heads > 1 && features % 32 != 0 && input.scaleBits() + output.scaleBits() > 0)
    fail("operator '{}' works on heads of {} features, which has no hardware in formats with blocks (heads of whole "
         "blocks of 32 have; docs/adding-an-operator.md says what more would take)",
         request.op.name, features);
  HardwareModule made;
  made.module = "mase_norm";
  made.kind = fmt::format("{}_{}_{}_{}_t{}", request.op.name, features, formatIdentifier(input),
                          formatIdentifier(output), tile);
  made.parameters = normParameters(centering, constants, input);
  for (const ModuleParameters &more : {edgeInputParameters(input, "Input"), edgeOutputParameters(output)})
    made.parameters.insert(made.parameters.end(), more.begin(), more.end());
  made.parameters.emplace_back("TileIn", fmt::format("{}", tile));
  made.operands = {edgePort("x", input, heads * features, tile)};
  made.results = {edgePort("y", output, heads * features, tile)};
  made.rowsInside = 2;
  // A pass for the squares, before it one for the mean; each is waited for.
  const int64_t beats = features / tile;
  const WorkPhase pass = {.ticks = beats}, idle = {.ticks = 1, .free = true};
  made.timing.inputs = {{.slots = 2, .unit = beats}};
  if (centering == Centering::mean)
    made.timing.phases = {idle, pass, {.ticks = 6, .free = true}, pass, {.ticks = 14, .free = true}};
  else
    made.timing.phases = {idle, pass, {.ticks = 14, .free = true}};
  made.timing.phases.push_back({.ticks = beats, .gives = WorkPhase::Gives::every});
  made.timing.jobs = heads;
  made.timing.stages = 8;
  made.timing.queue = castQueue(output, tile);
  made.words = HardwareWords{"w", normWordBits(constants, tile), {}, beats};
  if (request.contents)
    made.words->words = normWords(constants, tile);
  made.constants = {{"y_exponent_i", 12, constants.g - 8}};
  return made;
}

std::span<const float> vectorOf(const Constant &constant) {
  return {constant.values.data, static_cast<size_t>(constant.values.rows * constant.values.cols)};
}

} // namespace

HardwareModule rmsNormModule(const HardwareRequest &request) {
  const RmsNormBitTrue norm(request.op.attribute<double>("epsilon"), vectorOf(request.op.constants.at(0)));
  return module(request, Centering::none, norm.constants());
}

HardwareModule layerNormModule(const HardwareRequest &request) {
  const LayerNormBitTrue norm(request.op.attribute<double>("epsilon"), vectorOf(request.op.constants.at(0)),
                              vectorOf(request.op.constants.at(1)));
  return module(request, Centering::mean, norm.constants());
}

int64_t normRowCycles(const OperatorDescription &op, const HardwareTile &tile) {
  const int64_t features = op.constants.at(0).values.cols * op.constants.at(0).values.rows;
  const Centering centering = op.name == "layer_norm" ? Centering::mean : Centering::none;
  return op.inputs.at(0).heads * normCycles(centering, features, tile.in, parseFormat("mxint8")).interval;
}

} // namespace mase
