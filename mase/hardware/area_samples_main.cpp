// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// mase-area-samples: regenerates an area model's data. scripts/sample_area calls it.
//
//   mase-area-samples FILE --measure    runs Yosys on every sample of FILE, then refits
//   mase-area-samples FILE --fit        refits to the samples as they are
//
// The samples in the file are the grid: to add one, append its config with lut = 0 and ff = 0 and measure.
#include "mase/hardware/linear_area.h"
#include "mase/hardware/synthesize.h"
#include "mase/ops/linear/hardware.h"
#include "mase/support/error.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace {

void print(const mase::AreaModel &model) {
  for (const mase::AreaSample &sample : model.samples) {
    mase::Variables variables = mase::linearVariables(sample.config);
    auto error = [&variables](const mase::AreaResponse &response, int64_t measured) {
      return 100 * (response.predict(variables) / static_cast<double>(measured) - 1);
    };
    const mase::LinearConfig &c = sample.config;
    fmt::print("{:>4} x {:<4} {:>8} {:>8} {:>8} {:>3} x {:<3} lut {:>6} ({:+5.1f} %) ff {:>6} ({:+5.1f} %)\n",
               c.inFeatures, c.outFeatures, c.input->name(), c.weight->name(), outputName(c), c.tileIn, c.tileOut,
               sample.lut, error(model.lut, sample.lut), sample.ff, error(model.ff, sample.ff));
  }
  for (const auto *response : {&model.lut, &model.ff}) {
    fmt::print("{}: leave-one-out error {:.1f} % mean, {:.1f} % worst, over {} samples\n",
               response == &model.lut ? "lut" : "ff", 100 * response->meanError, 100 * response->worstError,
               model.samples.size());
    for (size_t t = 0; t < response->terms.size(); ++t)
      fmt::print("  {:8.3f} {}\n", response->coefficients[t], response->terms[t]);
  }
}

} // namespace

int main(int argc, char **argv) {
  std::string_view mode = argc == 3 ? argv[2] : "";
  if (mode != "--measure" && mode != "--fit") {
    fmt::print(stderr, "usage: mase-area-samples FILE --measure | --fit\n");
    return 2;
  }
  try {
    mase::AreaModel model = mase::readAreaModel(argv[1], mase::ModelState::Draft);
    if (mode == "--measure") {
      mase::SynthesisOptions options;
      options.sources = mase::librarySources();
      model.yosys = mase::yosysVersion();
      for (mase::AreaSample &sample : model.samples) {
        mase::SynthesisResult result = mase::synthesizeLinear(sample.config, options);
        sample.lut = result.area.lut;
        sample.ff = result.area.ff;
        sample.dsp = result.area.dsp;
        if (sample.dsp != mase::dspSlices(sample.config)) {
          fmt::print(stderr, "mase: error: Yosys used {} DSPs, {} are claimed\n", sample.dsp,
                     mase::dspSlices(sample.config));
          return 1;
        }
        fmt::print(stderr, "{} LUT, {} FF, {} DSP, {:.1f} s{}\n", sample.lut, sample.ff, sample.dsp, result.seconds,
                   result.cached ? " (cached)" : "");
      }
    }
    mase::fitAreaModel(model, mase::linearVariables);
    mase::writeAreaModel(argv[1], model);
    print(model);
    if (std::max(model.lut.meanError, model.ff.meanError) > model.maxError) {
      fmt::print(stderr, "mase: error: {}: an error exceeds the bound {}\n", argv[1], model.maxError);
      return 1;
    }
  } catch (const mase::InputError &error) {
    fmt::print(stderr, "mase: error: {}\n", error.what());
    return 2;
  }
  return 0;
}
