// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/format_area.h"

#include "mase/hardware/linear_area.h"
#include "mase/hardware/memory.h"
#include "mase/ops/linear/hardware.h"
#include "mase/support/error.h"

namespace mase {
namespace {

constexpr int64_t features = 1024;
constexpr int tileOut = 8;

LinearConfig configOf(const Format &format, int outputs) {
  LinearConfig config;
  config.inFeatures = config.outFeatures = features;
  config.input = config.weight = config.output = &format;
  config.tileOut = outputs;
  return config;
}

} // namespace

std::optional<FormatArea> formatArea(const Format &format, std::string &reason) {
  const LinearConfig config = configOf(format, tileOut);
  try {
    checkLinearHardware(config);
  } catch (const InputError &error) {
    reason = error.what();
    return std::nullopt;
  }
  FormatArea area;
  // The slope of the area over outputs, far from the fixed part.
  const Area narrow = linearArea(configOf(format, 16)), wide = linearArea(configOf(format, 32));
  area.laneLut = static_cast<double>(wide.lut - narrow.lut) / 16;
  const MemoryShape memory = weightMemoryShape(config);
  area.linear = linearArea(config) + memoryArea(MemoryKind::Bram, memory.widthBits, memory.depthWords);
  area.weightBits = memory.widthBits * memory.depthWords;
  return area;
}

} // namespace mase
