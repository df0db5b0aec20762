// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/operator_area.h"

#include "mase/hardware/linear_area.h"
#include "mase/ops/linear/linear_module.h"

#include <bit>

namespace mase {

std::optional<Area> predictedArea(const HardwareModule &module) {
  if (module.weight)
    return linearArea(linearConfigOf(module));
  return std::nullopt;
}

Area fifoArea(int64_t widthBits, int64_t depth) {
  const int64_t address = std::bit_width(static_cast<uint64_t>(depth - 1)),
                count = std::bit_width(static_cast<uint64_t>(depth));
  Area area;
  area.lut = 3 * address + 3 * count;
  area.ff = 2 * address + count + 2;
  if (depth <= 64) {
    area.lut += depth <= 32 ? 8 * ((widthBits + 13) / 14) : 8 * ((widthBits + 6) / 7);
    area.ff += widthBits;
  } else {
    area.bram = (widthBits + 71) / 72 * ((depth + 511) / 512);
  }
  return area;
}

} // namespace mase
