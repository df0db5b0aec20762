// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/rope/rope_hardware.h"

#include "mase/support/error.h"

namespace mase {

ModuleParameters ropeParameters(const RopeBitTrue &rope, int64_t features, int64_t tile) {
  const auto half = static_cast<int64_t>(rope.steps().size());
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

} // namespace mase
