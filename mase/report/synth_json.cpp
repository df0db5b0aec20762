// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/report/synth_json.h"

#include "mase/ops/linear/hardware.h"

#include <fmt/format.h>

namespace mase {
namespace {

double difference(int64_t predicted, int64_t found) {
  return static_cast<double>(predicted) / static_cast<double>(found) - 1;
}

} // namespace

SynthesisReport synthesisReport(const std::string &name, const LinearConfig &config,
                                const std::filesystem::path &sources) {
  SynthesisOptions options;
  options.sources = {sources};
  const MemoryShape memory = weightMemoryShape(config);
  return {name,
          config,
          synthesizeLinear(config, options),
          linearArea(config),
          memoryArea(MemoryKind::Bram, memory.widthBits, memory.depthWords).bram,
          linearAreaModel().lut.meanError,
          linearAreaModel().ff.meanError};
}

nlohmann::ordered_json toJson(const SynthesisReport &r) {
  const Area &found = r.synthesized.area;
  return {{"linear", r.linear},
          {"kind", linearKindName(r.config)},
          {"lut", {{"value", found.lut}, {"predicted", r.predicted.lut}, {"error", r.lutError}}},
          {"ff", {{"value", found.ff}, {"predicted", r.predicted.ff}, {"error", r.ffError}}},
          {"dsp", {{"value", found.dsp}, {"predicted", r.predicted.dsp}, {"error", 0}}},
          {"bram", {{"value", found.bram}, {"predicted", r.predicted.bram}, {"error", 0}}},
          {"weight_memory_bram", r.weightBram},
          {"seconds", r.synthesized.seconds}};
}

std::string describe(const SynthesisReport &r) {
  const Area &found = r.synthesized.area;
  return fmt::format(
      "{} ({}), Yosys: LUT {} (predicted {}, {:+.1f} %, model +-{:.1f} %), FF {} (predicted {}, {:+.1f} %, model "
      "+-{:.1f} %), DSP {}, BRAM {}\nits weight memory beside it: {} BRAM36 by its shape\n",
      r.linear, linearKindName(r.config), found.lut, r.predicted.lut, 100 * difference(r.predicted.lut, found.lut),
      100 * r.lutError, found.ff, r.predicted.ff, 100 * difference(r.predicted.ff, found.ff), 100 * r.ffError,
      found.dsp, found.bram, r.weightBram);
}

} // namespace mase
