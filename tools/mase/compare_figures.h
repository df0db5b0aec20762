// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What `mase formats compare` measures of each format: error on samples, error and loss on a model, area, energy.
///
/// Measuring and printing are apart; a figure that was not asked for or that a format does not have is NaN.
#pragma once

#include "mase/hardware/device.h"
#include "mase/hardware/format_area.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mase::cli {

struct FormatFigures {
  explicit FormatFigures(const Format *format) : format(format) {}
  const Format *format;
  double gaussian = NAN, laplace = NAN; // dB
  double weights = NAN, inputs = NAN;   // dB, mean over the model's linears
  double accumulator = NAN; // dB, over all linears: aligned sums against exact ones; infinite: no difference
  double loss = NAN;        // nats a token, weights and inputs of all linears in the format
  double energy = NAN;      // a product, in the liberty file's unit
  std::optional<FormatArea> area;
  EvenShare share;    // of the device, LUTs and DSPs
  std::string noArea; // why there is none
};

/// Samples and areas. Errors  InputError: a faulty area model.
void measureSamples(std::vector<FormatFigures> &rows, const Device &device);

struct ModelMeasure {
  std::string model, data;
  std::string liberty; // empty: no energy
};
/// Errors  as Model::open, Plan::run, dotEnergy.
void measureModel(std::vector<FormatFigures> &rows, const ModelMeasure &measure);

/// Of each family among the rows the least share of the device at a loss up to `bound`, in the order of families; those
/// without area or loss take no part.
std::vector<const FormatFigures *> cheapest(const std::vector<FormatFigures> &rows, double bound);

nlohmann::ordered_json toJson(const FormatFigures &row, const FormatFigures &base);

} // namespace mase::cli
