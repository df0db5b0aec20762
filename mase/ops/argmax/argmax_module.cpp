// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/argmax/argmax_module.h"

#include <bit>
#include <fmt/format.h>

namespace mase {

HardwareModule argmaxModule(const HardwarePort &sums) {
  const int64_t bits = sums.dataBits / sums.tile, features = sums.features;
  HardwareModule made;
  made.module = "mase_argmax";
  made.kind = fmt::format("argmax_{}_{}_t{}", features, bits, sums.tile);
  made.parameters = {{"OutFeatures", fmt::format("{}", features)},
                     {"TileOut", fmt::format("{}", sums.tile)},
                     {"SumBits", fmt::format("{}", bits)}};
  made.operands = {{"x", sums.dataBits, 0, nullptr, sums.tile, features}};
  const int64_t idBits = features == 1 ? 1 : std::bit_width(static_cast<uint64_t>(features - 1));
  made.results = {{"y", idBits, 0, nullptr, 1, 1}};
  const int64_t levels = std::bit_width(static_cast<uint64_t>(sums.tile - 1));
  made.timing = beatwise(levels + 1, {.capacity = int64_t{1} << std::bit_width(static_cast<uint64_t>(levels + 3))});
  made.timing.phases = {{.repeat = features / sums.tile - 1, .takes = 0},
                        {.gives = WorkPhase::Gives::last, .takes = 0}};
  return made;
}

} // namespace mase
