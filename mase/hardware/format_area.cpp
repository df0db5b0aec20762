// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/format_area.h"

#include "mase/hardware/linear_area.h"
#include "mase/hardware/memory.h"
#include "mase/ops/linear/hardware.h"
#include "mase/support/error.h"

#include <algorithm>

namespace mase {
namespace {

constexpr int64_t features = 1024;
constexpr int tileOut = 8;

LinearConfig configOf(const Format &format, int outputs, Multiplier multiplier = Multiplier::CarryRows) {
  LinearConfig config;
  config.multiplier = multiplier;
  config.inFeatures = config.outFeatures = features;
  config.weight = &format;
  // One scale for a tensor is static where it changes; which step, is no matter of area.
  const Format *calibrated = format.calibrated(1);
  config.input = config.output = calibrated ? calibrated : &format;
  config.castShift = 14;
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
  const Area weights = memoryArea(MemoryKind::Bram, memory.widthBits, memory.depthWords);
  area.linear = linearArea(config) + weights;
  area.linearDsp = linearArea(configOf(format, tileOut, Multiplier::Dsp)) + weights;
  area.weightBits = memory.widthBits * memory.depthWords;
  return area;
}

EvenShare evenShare(const FormatArea &area, const Area &device) {
  const auto luts = static_cast<double>(device.lut), slices = static_cast<double>(device.dsp);
  const auto rows = static_cast<double>(area.linear.lut) / luts, with = static_cast<double>(area.linearDsp.lut) / luts;
  if (device.dsp == 0 || with >= rows)
    return {rows, 0};
  // rows - part * (rows - with) LUTs and part * dsp slices, each of the device's, are equal.
  const double part = std::min(1.0, rows / (static_cast<double>(area.linearDsp.dsp) / slices + rows - with));
  return {rows - part * (rows - with), part};
}

} // namespace mase
