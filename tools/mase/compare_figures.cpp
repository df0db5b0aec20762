// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/compare_figures.h"

#include "mase/formats/registry.h"
#include "mase/formats/sqnr.h"
#include "mase/frontend/model.h"
#include "mase/hardware/dot_energy.h"
#include "mase/hardware/linear_area.h"
#include "mase/ops/linear/accumulator_noise.h"
#include "mase/runtime/activations.h"
#include "mase/support/error.h"

namespace mase::cli {
namespace {

constexpr int64_t sampleRows = 256, sampleCols = 1024;
constexpr int64_t recordedRows = 64, summedRows = 8;

using Linears = std::vector<Plan::LinearView>;

/// Over all linears at once: a linear counts with its relative noise.
double accumulatorOf(const Format &format, const Linears &linears, const RecordedInputs &recorded) {
  AccumulatorNoise all;
  for (size_t i = 0; i < linears.size(); ++i) {
    LinearConfig config;
    config.inFeatures = linears[i].weight.cols, config.outFeatures = linears[i].weight.rows;
    config.input = config.weight = config.output = &format;
    ConstMatrixView inputs = recorded.of(i);
    inputs.rows = std::min(inputs.rows, summedRows);
    const AccumulatorNoise noise = accumulatorNoise(config, linears[i].weight, inputs);
    if (noise.signal > 0)
      all.noise += noise.noise / noise.signal, all.signal += 1;
  }
  return all.sqnr();
}

/// A row of each linear's inputs with one of its outputs: block after block, as a tile meets them.
double energyOf(const Format &format, const Linears &linears, const RecordedInputs &recorded,
                const std::string &liberty) {
  DotOperands operands;
  for (size_t i = 0; i < linears.size(); ++i) {
    const auto step = static_cast<int64_t>(i);
    operands.add(format, linears[i].weight, recorded.of(i), step % recorded.rows, 7 * step % linears[i].weight.rows);
  }
  return dotEnergy(format, operands, liberty).perProduct;
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
  const RecordedInputs recorded = recordInputs(plan, exact, text.inputs(0), recordedRows);
  const Linears linears = plan.linears();
  for (FormatFigures &row : rows) {
    const auto count = static_cast<double>(linears.size());
    row.weights = row.inputs = 0;
    for (size_t i = 0; i < linears.size(); ++i) {
      row.weights += sqnr(*row.format, linears[i].weight) / count;
      row.inputs += sqnr(row.format->withRowScales(), recorded.of(i)) / count;
    }
    row.loss = evaluate(plan, plan.uniform(*row.format), windows).loss;
    if (row.area) {
      row.accumulator = accumulatorOf(*row.format, linears, recorded);
      if (!measure.liberty.empty())
        row.energy = energyOf(*row.format, linears, recorded, measure.liberty);
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
