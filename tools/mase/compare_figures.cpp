// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/compare_figures.h"

#include "mase/formats/registry.h"
#include "mase/formats/sqnr.h"
#include "mase/frontend/model.h"
#include "mase/hardware/dot_energy.h"
#include "mase/hardware/linear_area.h"
#include "mase/ops/linear/accumulator_noise.h"
#include "mase/runtime/activations.h"
#include "mase/runtime/calibrate.h"
#include "mase/support/error.h"

#include <algorithm>

namespace mase::cli {
namespace {

constexpr int64_t sampleRows = 256, sampleCols = 1024;
constexpr int64_t recordedRows = 64, summedRows = 8;

using Linears = std::vector<Plan::LinearView>;

constexpr int64_t rangedWindows = 8;

/// The text that formats were measured on, in fp32.
struct Recorded {
  Linears linears;
  RecordedInputs inputs;
  LinearRanges ranges;
};

/// What reads a linear's inputs: under a static scale where the format has one scale for the tensor.
const Format &inputFormat(const Format &format, float largest) {
  const Format *calibrated = format.calibrated(largest);
  return calibrated ? *calibrated : format.withRowScales();
}

FormatAssignment assignmentOf(const Plan &plan, const Format &format, const LinearRanges &ranges) {
  FormatAssignment assignment = plan.uniform(format);
  for (size_t i = 0; i < ranges.input.size(); ++i)
    assignment[2 * i + 1] = &inputFormat(format, ranges.input[i]);
  return assignment;
}

/// Over all linears at once: a linear counts with its relative noise.
double accumulatorOf(const Format &format, const Recorded &recorded) {
  const Linears &linears = recorded.linears;
  AccumulatorNoise all;
  for (size_t i = 0; i < linears.size(); ++i) {
    LinearConfig config;
    config.inFeatures = linears[i].weight.cols, config.outFeatures = linears[i].weight.rows;
    config.weight = &format, config.input = &inputFormat(format, recorded.ranges.input[i]);
    config.output = &parseFormat("mxint8"); // behind the sums: without a step that would be a factor of them
    ConstMatrixView inputs = recorded.inputs.of(i);
    inputs.rows = std::min(inputs.rows, summedRows);
    const AccumulatorNoise noise = accumulatorNoise(config, linears[i].weight, inputs);
    if (noise.signal > 0)
      all.noise += noise.noise / noise.signal, all.signal += 1;
  }
  return all.sqnr();
}

/// A row of each linear's inputs with one of its outputs: block after block, as a tile meets them.
double energyOf(const Format &format, const Recorded &recorded, const std::string &liberty) {
  DotOperands operands;
  for (size_t i = 0; i < recorded.linears.size(); ++i) {
    const auto step = static_cast<int64_t>(i);
    const ConstMatrixView weight = recorded.linears[i].weight;
    operands.add(inputFormat(format, recorded.ranges.input[i]), recorded.inputs.of(i), step % recorded.inputs.rows,
                 format, weight, 7 * step % weight.rows);
  }
  return dotEnergy(inputFormat(format, 1), format, operands, liberty).perProduct;
}

/// A number or null.
nlohmann::ordered_json number(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

const FormatFamily *familyOf(const Format &format) {
  for (const FormatFamily &family : formatFamilies())
    if (family.parse(*splitFormatName(format.name())))
      return &family;
  return nullptr;
}

} // namespace

void measureSamples(std::vector<FormatFigures> &rows, const Device &device) {
  const std::vector<float> gaussian = gaussianSample(sampleRows * sampleCols, 1),
                           laplace = laplaceSample(sampleRows * sampleCols, 2);
  for (FormatFigures &row : rows) {
    row.gaussian = sqnr(*row.format, {gaussian.data(), sampleRows, sampleCols});
    row.laplace = sqnr(*row.format, {laplace.data(), sampleRows, sampleCols});
    row.area = formatArea(*row.format, row.noArea);
    if (row.area)
      row.share = evenShare(*row.area, device.resources);
  }
}

void measureModel(std::vector<FormatFigures> &rows, const ModelMeasure &measure) {
  Model model = Model::open(measure.model);
  const TextWindows text = model.windows(measure.data, model.contextFor(0));
  Plan plan = model.plan(text.context());
  const std::vector<WindowView> windows = views(text);
  const FormatAssignment exact = plan.uniform(fp32());
  plan.prepare(exact);
  Recorded recorded = {plan.linears(), recordInputs(plan, exact, text.inputs(0), recordedRows), {}};
  std::vector<std::span<const int32_t>> ranged;
  for (size_t i = 0; i < std::min<size_t>(windows.size(), rangedWindows); ++i)
    ranged.push_back(windows[i].inputs);
  recorded.ranges = recordRanges(plan, ranged);
  for (FormatFigures &row : rows) {
    const auto count = static_cast<double>(recorded.linears.size());
    row.weights = row.inputs = 0;
    for (size_t i = 0; i < recorded.linears.size(); ++i) {
      row.weights += sqnr(*row.format, recorded.linears[i].weight) / count;
      row.inputs += sqnr(inputFormat(*row.format, recorded.ranges.input[i]), recorded.inputs.of(i)) / count;
    }
    row.loss = evaluate(plan, assignmentOf(plan, *row.format, recorded.ranges), windows).loss;
    if (row.area) {
      row.accumulator = accumulatorOf(*row.format, recorded);
      if (!measure.liberty.empty())
        row.energy = energyOf(*row.format, recorded, measure.liberty);
    }
  }
}

std::vector<const FormatFigures *> cheapest(const std::vector<FormatFigures> &rows, double bound) {
  std::vector<std::pair<const FormatFamily *, const FormatFigures *>> best;
  for (const FormatFamily &family : formatFamilies())
    best.emplace_back(&family, nullptr);
  for (const FormatFigures &row : rows) {
    if (!row.area || !(row.loss <= bound))
      continue;
    for (auto &[family, least] : best)
      if (family == familyOf(*row.format) && (!least || row.share.share < least->share.share))
        least = &row;
  }
  std::vector<const FormatFigures *> found;
  for (const auto &[family, least] : best)
    if (least)
      found.push_back(least);
  return found;
}

nlohmann::ordered_json toJson(const FormatFigures &row, const FormatFigures &base) {
  nlohmann::ordered_json json = {{"format", row.format->name()},
                                 {"bits", row.format->bitsPerElement()},
                                 {"sqnr_gaussian", number(row.gaussian)},
                                 {"sqnr_laplace", number(row.laplace)},
                                 {"sqnr_weights", number(row.weights)},
                                 {"sqnr_inputs", number(row.inputs)},
                                 {"sqnr_accumulator", number(row.accumulator)},
                                 {"loss", number(row.loss)},
                                 {"energy_relative", number(row.energy / base.energy)}};
  if (!row.area) {
    json["area"] = nullptr;
    return json;
  }
  const FormatArea &area = *row.area;
  json["area"] = {{"lane_lut", area.laneLut},
                  {"linear_lut", area.linear.lut},
                  {"linear_bram", area.linear.bram},
                  {"linear_with_dsp", {{"lut", area.linearDsp.lut}, {"dsp", area.linearDsp.dsp}}},
                  {"share", row.share.share},
                  {"dsp_part", row.share.dspPart},
                  {"weight_bits", area.weightBits},
                  {"error", linearAreaModel().lut.meanError}};
  if (base.area) {
    json["area"]["lane_relative"] = area.laneLut / base.area->laneLut;
    json["area"]["linear_relative"] = static_cast<double>(area.linear.lut) / static_cast<double>(base.area->linear.lut);
    json["area"]["share_relative"] = row.share.share / base.share.share;
  }
  return json;
}

} // namespace mase::cli
