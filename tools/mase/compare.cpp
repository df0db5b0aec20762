// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "mase/formats/registry.h"
#include "mase/formats/sqnr.h"
#include "mase/frontend/model.h"
#include "mase/hardware/format_area.h"
#include "mase/hardware/linear_area.h"
#include "mase/runtime/activations.h"
#include "mase/support/error.h"

#include <cmath>
#include <fmt/format.h>

namespace mase::cli {
namespace {

constexpr int64_t sampleRows = 256, sampleCols = 1024;
constexpr int64_t recordedRows = 64;

/// What is measured of one format; NaN where it was not asked for.
struct Figures {
  explicit Figures(const Format *format) : format(format) {}
  const Format *format;
  double gaussian = NAN, laplace = NAN; // dB
  double weights = NAN, inputs = NAN;   // dB, mean over the model's linears
  double loss = NAN;                    // nats a token, weights and inputs of all linears in the format
  std::optional<FormatArea> area;
  std::string noArea; // why there is none
};

void measureSamples(std::vector<Figures> &rows) {
  const std::vector<float> gaussian = gaussianSample(sampleRows * sampleCols, 1),
                           laplace = laplaceSample(sampleRows * sampleCols, 2);
  for (Figures &row : rows) {
    row.gaussian = sqnr(*row.format, {gaussian.data(), sampleRows, sampleCols});
    row.laplace = sqnr(*row.format, {laplace.data(), sampleRows, sampleCols});
    row.area = formatArea(*row.format, row.noArea);
  }
}

void measureModel(std::vector<Figures> &rows, const std::string &path, const std::string &data) {
  Model model = Model::open(path);
  const TextWindows text = model.windows(data, model.contextFor(0));
  Plan plan = model.plan(text.context());
  const std::vector<WindowView> windows = views(text);
  const FormatAssignment exact = plan.uniform(fp32());
  plan.prepare(exact);
  const RecordedInputs recorded = recordInputs(plan, exact, text.inputs(0), recordedRows);
  const std::vector<Plan::LinearView> linears = plan.linears();
  for (Figures &row : rows) {
    const auto count = static_cast<double>(linears.size());
    row.weights = row.inputs = 0;
    for (size_t i = 0; i < linears.size(); ++i) {
      row.weights += sqnr(*row.format, linears[i].weight) / count;
      row.inputs += sqnr(row.format->withRowScales(), recorded.of(i)) / count;
    }
    row.loss = evaluate(plan, plan.uniform(*row.format), windows).loss;
  }
}

/// A number or null.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json toJson(const Figures &row, const Figures &base) {
  Json json = {{"format", row.format->name()},
               {"bits", row.format->bitsPerElement()},
               {"sqnr_gaussian", number(row.gaussian)},
               {"sqnr_laplace", number(row.laplace)},
               {"sqnr_weights", number(row.weights)},
               {"sqnr_inputs", number(row.inputs)},
               {"loss", number(row.loss)}};
  if (!row.area) {
    json["area"] = nullptr;
    return json;
  }
  json["area"] = {{"lane_lut", row.area->laneLut},
                  {"linear_lut", row.area->linear.lut},
                  {"linear_bram", row.area->linear.bram},
                  {"weight_bits", row.area->weightBits},
                  {"error", linearAreaModel().lut.meanError}};
  if (base.area) {
    json["area"]["lane_relative"] = row.area->laneLut / base.area->laneLut;
    json["area"]["linear_relative"] =
        static_cast<double>(row.area->linear.lut) / static_cast<double>(base.area->linear.lut);
  }
  return json;
}

void printTable(const std::vector<Figures> &rows, const Figures &base, bool hasModel) {
  fmt::print("{:<18} {:>6} {:>8} {:>8}", "format", "bits", "normal", "Laplace");
  if (hasModel)
    fmt::print(" {:>8} {:>8} {:>8}", "weights", "inputs", "loss");
  fmt::print(" {:>8} {:>6} {:>8} {:>6} {:>5}\n", "lane", "", "linear", "", "BRAM");
  for (const Figures &row : rows) {
    fmt::print("{:<18} {:>6.2f} {:>8.2f} {:>8.2f}", row.format->name(), row.format->bitsPerElement(), row.gaussian,
               row.laplace);
    if (hasModel)
      fmt::print(" {:>8.2f} {:>8.2f} {:>8.4f}", row.weights, row.inputs, row.loss);
    if (!row.area) {
      fmt::print("   {}\n", row.noArea.substr(0, row.noArea.find(" (")));
      continue;
    }
    const auto relative = [&](double value, double of) {
      return base.area ? fmt::format("{:.2f}x", value / of) : std::string();
    };
    fmt::print(
        " {:>8.0f} {:>6} {:>8} {:>6} {:>5}\n", row.area->laneLut,
        relative(row.area->laneLut, base.area ? base.area->laneLut : 1), row.area->linear.lut,
        relative(static_cast<double>(row.area->linear.lut), base.area ? static_cast<double>(base.area->linear.lut) : 1),
        row.area->linear.bram);
  }
  fmt::print("SQNR in dB; lane and linear in LUT, +-{:.1f} %, beside {}. Lane: 32 products, their aligned sum and "
             "its cast; linear: 1024 x 1024 at 32 x 8 products a cycle, with row buffer and cast. No DSP.\n",
             100 * linearAreaModel().lut.meanError, base.format->name());
}

} // namespace

void addCompare(CLI::App &formats) {
  CLI::App *command =
      addCommand(formats, "compare", "Area, SQNR and loss of formats side by side",
                 {"mase formats compare mxint8 'bmf<4,3>' bl8", "mase formats compare mxint4 mxfp4 --model "
                                                                "models/llama-stories-1m --data "
                                                                "models/llama-stories-1m/eval.txt"});
  struct Options {
    std::vector<std::string> names;
    std::string model, data, base = "mxint8";
    bool json = false;
  };
  auto o = std::make_shared<Options>();
  command->add_option("FORMAT", o->names, "The formats")->required();
  command->add_option("--model", o->model, "Also on this model's weights, inputs and loss");
  command->add_option("--data", o->data, "The text for --model");
  command->add_option("--base", o->base, "The format whose area is 1")->capture_default_str();
  command->add_flag("--json", o->json, "One JSON object");
  command->callback([o] {
    if (o->model.empty() != o->data.empty())
      fail("formats compare: --model and --data belong together (give both or neither)");
    std::vector<Figures> rows;
    for (const std::string &name : o->names)
      rows.emplace_back(&parseFormat(name));
    std::vector<Figures> base;
    base.emplace_back(&parseFormat(o->base));
    measureSamples(base);
    measureSamples(rows);
    if (!o->model.empty())
      measureModel(rows, o->model, o->data);
    if (!o->json)
      return printTable(rows, base.front(), !o->model.empty());
    Json list = Json::array();
    for (const Figures &row : rows)
      list.push_back(toJson(row, base.front()));
    print({{"base", base.front().format->name()}, {"formats", list}});
  });
}

} // namespace mase::cli
