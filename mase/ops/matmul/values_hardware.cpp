// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/matmul/values_hardware.h"

#include "mase/ops/matmul/scores_hardware.h"

#include <fmt/format.h>

namespace mase {

ModuleParameters valuesParameters(const ValuesBitTrue &values, const Format &probability, const Format &value,
                                  const AttentionShape &shape) {
  checkAttentionTile(shape);
  ModuleParameters result = tableParameters(values.reciprocal());
  for (const auto &parameter : edgeInputParameters(probability, "Input"))
    result.push_back(parameter);
  auto add = [&](const char *name, int64_t number) { result.emplace_back(name, fmt::format("{}", number)); };
  add("Heads", shape.heads);
  add("KeyHeads", shape.keyHeads);
  add("HeadFeatures", shape.headFeatures);
  add("Context", shape.context);
  add("Tile", shape.tile);
  add("Keys", shape.keys);
  add("Causal", shape.causal ? 1 : 0);
  add("UltraRam", shape.ultraRam ? 1 : 0);
  add("ValueBits", value.elementBits());
  add("ValueExponent", value.operand().minExponent);
  return result;
}

} // namespace mase
