// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/matmul/scores_hardware.h"

#include "mase/formats/registry.h"
#include "mase/ops/matmul/scores_bit_true.h"
#include "mase/support/error.h"

#include <bit>

namespace mase {
namespace {

/// Edges' parameters, and whether a static one has the negative of each element.
ModuleParameters operandParameters(const Format &format, const std::string &prefix) {
  ModuleParameters result = edgeInputParameters(format, prefix);
  result.emplace_back(prefix + "Symmetric", format.operand().symmetric ? "1" : "0");
  return result;
}

} // namespace

void checkAttentionTile(const AttentionShape &shape) {
  const int64_t tile = shape.tile, features = shape.headFeatures;
  const bool inside = tile <= 32 && std::has_single_bit(static_cast<uint64_t>(tile)), blocks = tile % 32 == 0;
  if (features % tile != 0 || !(inside || blocks))
    fail("attention tile {} does not fit heads of {} features (a power of two up to 32, or a multiple of 32, that "
         "divides them)",
         tile, features);
}

ModuleParameters scoresParameters(const Format &query, const Format &key, const AttentionShape &shape) {
  checkAttentionTile(shape);
  ModuleParameters result = operandParameters(query, "Q");
  for (const auto &parameter : operandParameters(key, "K"))
    result.push_back(parameter);
  auto add = [&](const char *name, int64_t value) { result.emplace_back(name, fmt::format("{}", value)); };
  add("Heads", shape.heads);
  add("KeyHeads", shape.keyHeads);
  add("HeadFeatures", shape.headFeatures);
  add("Context", shape.context);
  add("Tile", shape.tile);
  add("Keys", shape.keys);
  add("Causal", shape.causal ? 1 : 0);
  add("UltraRam", shape.ultraRam ? 1 : 0);
  add("Packed", shape.packed);
  add("Fraction", -parseFormat(scoresFormat(shape.headFeatures)).operand().minExponent);
  return result;
}

} // namespace mase
