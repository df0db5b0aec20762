// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/linear_stage.h"

#include "mase/hardware/linear_area.h"
#include "mase/ops/linear/cycles.h"
#include "mase/ops/linear/hardware.h"

namespace mase {

namespace {
constexpr int64_t kMostMacs = 4096;
}

std::vector<int> legalTileSizes(int64_t features) {
  std::vector<int> sizes = {1, 2, 4, 8, 16};
  for (int64_t size = 32; size <= features; size += 32)
    if (features % size == 0)
      sizes.push_back(static_cast<int>(size));
  return sizes;
}

Stage linearStage(const std::string &name, const LinearConfig &config) {
  Stage stage{name, {}};
  LinearConfig tiled = config;
  tiled.tileIn = tiled.tileOut = 1;
  tiled.multiplier = Multiplier::CarryRows;
  checkLinearHardware(tiled);
  for (int tileIn : legalTileSizes(config.inFeatures))
    for (int tileOut : legalTileSizes(config.outFeatures)) {
      tiled.tileIn = tileIn;
      tiled.tileOut = tileOut;
      if (tiled.macsPerCycle() > kMostMacs)
        continue;
      const MemoryShape memory = weightMemoryShape(tiled);
      Area best;
      for (Multiplier multiplier : {Multiplier::CarryRows, Multiplier::Dsp}) {
        tiled.multiplier = multiplier;
        if (!hasMultiplier(tiled))
          continue;
        const Area area = linearArea(tiled);
        if (multiplier == Multiplier::Dsp && area.lut >= best.lut)
          continue;
        best = area;
        stage.candidates.push_back(
            {tileIn, tileOut, interval(tiled), latency(tiled), area, memory.widthBits, memory.depthWords, multiplier});
      }
    }
  return stage;
}

} // namespace mase
