// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// mase-operator-samples --measure | --fit: remakes the area models of the modules beside linears (docs/synthesis.md).
#include "mase/hardware/operator_area.h"
#include "mase/hardware/operator_area_model.h"
#include "mase/hardware/operator_sample.h"
#include "mase/support/error.h"
#include "mase/support/parallel.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <string_view>

namespace {

/// Two runs of Yosys at a time.
void measure(mase::OperatorAreaModel &model) {
  model.yosys = mase::yosysVersion();
  std::atomic<size_t> next = 0;
  mase::parallelFor(2, [&](int64_t) {
    for (size_t s = next++; s < model.samples.size(); s = next++)
      model.samples[s].area = mase::synthesizeSample(model, model.samples[s]).area;
  });
}

void print(const mase::OperatorAreaModel &model) {
  for (const mase::OperatorAreaSample &sample : model.samples) {
    const mase::Area predicted = model.predict(sample.parameters);
    auto error = [](int64_t value, int64_t measured) {
      return 100 * (static_cast<double>(value) / static_cast<double>(measured) - 1);
    };
    fmt::print("  lut {:>6} ({:+5.1f} %) ff {:>6} ({:+5.1f} %) dsp {} ({}) bram {} ({})\n", sample.area.lut,
               error(predicted.lut, sample.area.lut), sample.area.ff, error(predicted.ff, sample.area.ff),
               sample.area.dsp, predicted.dsp, sample.area.bram, predicted.bram);
  }
  for (const auto *response : {&model.lut, &model.ff}) {
    fmt::print("{} {}: leave-one-out error {:.1f} % mean, {:.1f} % worst, over {} samples\n", model.module,
               response == &model.lut ? "lut" : "ff", 100 * response->meanError, 100 * response->worstError,
               model.samples.size());
    for (size_t t = 0; t < response->terms.size(); ++t)
      fmt::print("  {:8.3f} {}\n", response->coefficients[t], response->terms[t]);
  }
}

} // namespace

int main(int argc, char **argv) {
  const std::string_view mode = argc >= 2 ? argv[1] : "";
  if (mode != "--measure" && mode != "--fit") {
    fmt::print(stderr, "usage: mase-operator-samples --measure | --fit [MODULE]\n");
    return 2;
  }
  try {
    for (const std::filesystem::path &file : mase::operatorAreaFiles()) {
      if (argc > 2 && file.stem() != argv[2])
        continue;
      mase::OperatorAreaModel model = mase::readOperatorAreaModel(file, mase::ModelState::Draft);
      if (mode == "--measure")
        measure(model);
      mase::fitOperatorAreaModel(model);
      mase::writeOperatorAreaModel(file, model);
      print(model);
      mase::readOperatorAreaModel(file); // refuses what exceeds its bound
    }
  } catch (const mase::InputError &error) {
    fmt::print(stderr, "mase: error: {}\n", error.what());
    return 2;
  }
  return 0;
}
