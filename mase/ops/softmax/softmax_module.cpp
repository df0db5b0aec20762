// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/softmax/softmax_module.h"

#include "mase/ops/matmul/matmul_module.h"
#include "mase/ops/softmax/softmax_hardware.h"

#include "mase/support/error.h"

namespace mase {

HardwareModule softmaxModule(const HardwareRequest &request) {
  const Format &score = *request.formats.inputs.at(0), &output = *request.formats.output;
  const int64_t heads = request.op.inputs.at(0).heads, context = request.op.maxRows, keys = request.tile.keys;
  if (const auto window = request.op.attributeOr<int64_t>("window", 0); window > 0 && window < context)
    fail("operator 'softmax' has a window of {} keys in a context of {}, which has no hardware (--context {} needs "
         "none; docs/adding-an-operator.md says what more would take)",
         window, context, window);
  HardwareModule made;
  made.module = "mase_softmax";
  made.kind = fmt::format("{}softmax_{}x{}_{}_{}_k{}", request.op.attributeOr("causal", false) ? "" : "full_", heads,
                          context, formatIdentifier(score), formatIdentifier(output), keys);
  made.parameters = softmaxParameters(SoftmaxBitTrue(request.op, request.formats), score, heads, context, keys);
  const ModuleParameters edge = edgeOutputParameters(output);
  made.parameters.insert(made.parameters.end(), edge.begin(), edge.end());
  made.operands = {{"x", keys * score.elementBits(), 0, &score, keys, -1}};
  made.control = {rowControl("c")};
  made.results = {edgePort("y", output, -1, keys)};
  made.rowsInside = 1;
  if (!request.op.attributeOr("causal", false))
    return made; // what grows with positions is all that timing can say
  made.timing.inputs = {{.slots = 2, .unit = 1, .grows = true, .opener = 1, .unitsOfOpener = heads},
                        {.use = InputTiming::Use::opener}};
  made.timing.jobs = heads;
  made.timing.keys = keys;
  made.timing.block = exponentialBeats(output, 1, keys);
  made.timing.phases = {{.growth = WorkPhase::Growth::blocks, .gives = WorkPhase::Gives::every}};
  made.timing.stages = 8;
  made.timing.queue = castQueue(output, keys);
  return made;
}

std::vector<HardwareTile> softmaxTiles(const OperatorDescription &, int64_t most) {
  std::vector<HardwareTile> tiles;
  for (int keys = 1; keys <= mostKeys && keys <= most; keys *= 2)
    tiles.push_back({1, 1, keys});
  return tiles;
}

} // namespace mase
