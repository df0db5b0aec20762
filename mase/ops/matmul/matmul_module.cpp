// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/matmul/matmul_module.h"

#include "mase/ops/matmul/scores_hardware.h"
#include "mase/ops/matmul/values_hardware.h"
#include "mase/ops/softmax/softmax_hardware.h"

#include <fmt/format.h>

namespace mase {
namespace {

/// Rows of keys or values (S8), let in by the words of input `opener`.
InputTiming cacheTiming(const AttentionShape &shape, int opener) {
  return {.slots = 4,
          .unit = shape.keyHeads * shape.headFeatures / shape.tile,
          .opener = opener,
          .opening = 1,
          .waitsForFirst = true};
}
InputTiming rowsTiming() { return {.use = InputTiming::Use::opener}; }

bool isCausal(const OperatorDescription &op) { return op.attributeOr("causal", false); }

/// Without causality the first row waits for the last one's keys.
void nameAndHold(HardwareModule &made, const AttentionShape &shape, int64_t first) {
  made.rowsInside = 3;
  if (shape.ultraRam)
    made.kind += "_ultra";
  if (shape.causal)
    return;
  made.kind = "full_" + made.kind;
  made.rowsInside = shape.context;
  made.rowsTaken = {first, shape.context};
  made.timing.whole = true;
}

HardwareModule scoresModule(const HardwareRequest &request) {
  const ValueShape &queries = request.op.inputs.at(0), &cached = request.op.inputs.at(1);
  const Format &query = *request.formats.inputs.at(0), &key = *request.formats.inputs.at(1);
  const AttentionShape shape = {queries.heads,     cached.heads,       queries.cols,         request.tile.in,
                                request.tile.keys, request.op.maxRows, isCausal(request.op), request.tile.ultraRam};
  HardwareModule made;
  made.module = "mase_scores";
  made.kind = fmt::format("scores_{}of{}_{}x{}_{}_{}_t{}x{}", shape.heads, shape.keyHeads, shape.headFeatures,
                          shape.context, formatIdentifier(query), formatIdentifier(key), shape.tile, shape.keys);
  made.parameters = scoresParameters(query, key, shape);
  made.operands = {edgePort("x", query, shape.heads * shape.headFeatures, shape.tile),
                   edgePort("k", key, shape.keyHeads * shape.headFeatures, shape.tile)};
  made.control = {rowControl("c")};
  made.results = {{"y", shape.keys * request.formats.output->elementBits(), 0, request.formats.output, shape.keys, -1}};
  const int64_t words = shape.headFeatures / shape.tile;
  made.timing.inputs = {{.slots = 2, .unit = shape.heads * words}, cacheTiming(shape, 2), rowsTiming()};
  made.timing.loops = shape.heads;
  made.timing.keys = shape.keys;
  made.timing.phases = {{.growth = WorkPhase::Growth::groups, .ticks = words, .gives = WorkPhase::Gives::last}};
  made.timing.stages = 8;
  made.timing.queue = {.capacity = 4};
  nameAndHold(made, shape, 2);
  return made;
}

HardwareModule valuesModule(const HardwareRequest &request) {
  const ValueShape &heads = request.op.inputs.at(0), &cached = request.op.inputs.at(1);
  const Format &share = *request.formats.inputs.at(0), &value = *request.formats.inputs.at(1),
               &output = *request.formats.output;
  const AttentionShape shape = {heads.heads,       cached.heads,       cached.cols,          request.tile.in,
                                request.tile.keys, request.op.maxRows, isCausal(request.op), request.tile.ultraRam};
  HardwareModule made;
  made.module = "mase_values";
  made.kind =
      fmt::format("values_{}of{}_{}x{}_{}_{}_{}_t{}x{}", shape.heads, shape.keyHeads, shape.headFeatures, shape.context,
                  formatIdentifier(share), formatIdentifier(value), formatIdentifier(output), shape.tile, shape.keys);
  made.parameters = valuesParameters(ValuesBitTrue(request.op, request.formats), share, value, shape);
  const ModuleParameters edge = edgeOutputParameters(output);
  made.parameters.insert(made.parameters.end(), edge.begin(), edge.end());
  made.operands = {edgePort("x", share, -1, shape.keys),
                   edgePort("v", value, shape.keyHeads * shape.headFeatures, shape.tile)};
  made.control = {rowControl("c")};
  made.results = {edgePort("y", output, shape.heads * shape.headFeatures, shape.tile)};
  const int64_t words = shape.headFeatures / shape.tile;
  made.timing.inputs = {{.use = InputTiming::Use::taken}, cacheTiming(shape, 2), rowsTiming()};
  made.timing.loops = shape.heads;
  made.timing.keys = shape.keys;
  made.timing.block = exponentialBeats(share, 1, shape.keys);
  made.timing.phases = {{.growth = WorkPhase::Growth::before, .ticks = words, .takes = 0},
                        {.ticks = words, .gives = WorkPhase::Gives::every, .takes = 0},
                        {.growth = WorkPhase::Growth::rest, .takes = 0, .free = true}};
  made.timing.stages = 12;
  made.timing.queue = castQueue(output, shape.tile);
  nameAndHold(made, shape, 3);
  return made;
}

} // namespace

HardwareModule matmulModule(const HardwareRequest &request) {
  if (request.op.attributeOr("transpose_rhs", false))
    return scoresModule(request);
  return valuesModule(request);
}

std::vector<HardwareTile> matmulTiles(const OperatorDescription &op, int64_t most) {
  std::vector<HardwareTile> tiles;
  for (int keys = 1; keys <= mostKeys && keys <= most; keys *= 2)
    for (int tile : tileSizes(op.inputs.back().cols, most / keys))
      for (bool ultraRam : {false, true})
        tiles.push_back({tile, tile, keys, false, ultraRam});
  return tiles;
}

int64_t attentionRowCycles(const OperatorDescription &op, const HardwareTile &tile) {
  // A softmax knows no features: its keys alone count.
  const int64_t features = op.inputs.back().cols, beats = features > 0 ? features / tile.in : 1;
  return op.inputs.at(0).heads * (meanPosition(op) / tile.keys + 1) * beats;
}

} // namespace mase
