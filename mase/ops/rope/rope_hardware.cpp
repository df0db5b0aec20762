// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/rope/rope_hardware.h"

#include "mase/support/error.h"

#include <numeric>

namespace mase {

ModuleParameters ropeParameters(const RopeBitTrue &rope, int64_t features, int64_t tile) {
  const int64_t half = rope.headDim() / 2, turned = 2 * std::ssize(rope.steps());
  if (turned != rope.headDim())
    fail("operator 'rope' turns {} of {} features of a head, which has no hardware (mase_rope turns all; "
         "docs/adding-an-operator.md says what more would take)",
         turned, rope.headDim());
  const bool inside = tile % (2 * half) == 0 && rope.groupFeatures() % tile == 0;
  if (half % tile != 0 && !inside)
    fail("rope tile {} does not fit heads of {} features (a divisor of {}, or whole heads that divide {})", tile,
         2 * half, half, rope.groupFeatures());
  ModuleParameters result = tableParameters(functionTable(quarterSine()));
  result.emplace_back("Features", fmt::format("{}", features));
  result.emplace_back("HeadFeatures", fmt::format("{}", 2 * half));
  result.emplace_back("TileIn", fmt::format("{}", tile));
  HexWord steps(32 * half);
  for (uint32_t step : rope.steps())
    steps.append(step, 32);
  result.emplace_back("Steps", fmt::format("{}'h{}", 32 * half, steps.hexadecimal()));
  return result;
}

HardwareModule ropeModule(const HardwareRequest &request) {
  const ValueShape &heads = request.op.inputs.at(0);
  const Format &input = *request.formats.inputs.at(0), &output = *request.formats.output;
  const RopeBitTrue rope(heads.cols, ropeAngles(request.op));
  const int64_t features = heads.heads * heads.cols, tile = request.tile.in;
  HardwareModule made;
  made.module = "mase_rope";
  made.kind = fmt::format("rope_{}x{}_{}_{}_t{}", heads.heads, heads.cols, formatIdentifier(input),
                          formatIdentifier(output), tile);
  made.parameters = ropeParameters(rope, features, tile);
  for (const ModuleParameters &more : {edgeInputParameters(input, "Input"), edgeOutputParameters(output)})
    made.parameters.insert(made.parameters.end(), more.begin(), more.end());
  made.operands = {edgePort("x", input, features, tile)};
  made.control = {rowControl("c")};
  made.results = {edgePort("y", output, features, tile)};
  const int64_t group = rope.groupFeatures() / tile;
  made.timing.inputs = {{.slots = 2, .unit = group}, {.use = InputTiming::Use::shared}};
  made.timing.jobs = features / rope.groupFeatures();
  made.timing.phases = {{.ticks = group, .gives = WorkPhase::Gives::every}};
  made.timing.stages = 7;
  made.timing.queue = castQueue(output, tile);
  return made;
}

std::vector<HardwareTile> ropeTiles(const OperatorDescription &op, int64_t most) {
  const int64_t head = op.inputs.at(0).cols, features = op.inputs.at(0).heads * head, group = std::lcm(head, 32);
  std::vector<HardwareTile> tiles;
  for (int tile : tileSizes(features, most))
    if (head / 2 % tile == 0 || (tile % head == 0 && group % tile == 0))
      tiles.push_back({tile, tile, 1});
  return tiles;
}

} // namespace mase
