// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "mase/formats/registry.h"
#include "mase/hardware/linear_area.h"
#include "mase/support/error.h"
#include "tools/mase/compare_figures.h"

#include <fmt/format.h>

namespace mase::cli {
namespace {

struct Options {
  std::vector<std::string> names;
  std::string model, data, base = "mxint8", device = "kv260", liberty;
  double loss = NAN;
  bool json = false;
};

std::string decibels(double value) { return std::isinf(value) ? "exact" : fmt::format("{:.1f}", value); }

void printRow(const FormatFigures &row, const FormatFigures &base, const Options &o) {
  fmt::print("{:<18} {:>6.2f} {:>8.2f} {:>8.2f}", row.format->name(), row.format->bitsPerElement(), row.gaussian,
             row.laplace);
  if (!o.model.empty())
    fmt::print(" {:>8.2f} {:>8.2f} {:>8.4f}", row.weights, row.inputs, row.loss);
  if (!row.area) {
    fmt::print("   {}\n", row.noArea.substr(0, row.noArea.find(" (")));
    return;
  }
  if (!o.model.empty())
    fmt::print(" {:>6}", decibels(row.accumulator));
  if (!o.liberty.empty())
    fmt::print(" {:>6}", std::isfinite(base.energy) ? fmt::format("{:.2f}x", row.energy / base.energy) : "");
  const auto relative = [&](double value, double of) { return base.area ? fmt::format("{:.2f}x", value / of) : ""; };
  const FormatArea &of = base.area ? *base.area : *row.area;
  fmt::print(" {:>8.0f} {:>6} {:>8} {:>6} {:>7} {:>5} {:>6} {:>5}\n", row.area->laneLut,
             relative(row.area->laneLut, of.laneLut), row.area->linear.lut,
             relative(static_cast<double>(row.area->linear.lut), static_cast<double>(of.linear.lut)),
             row.area->linearDsp.lut, row.area->linearDsp.dsp, relative(row.share.share, base.share.share),
             row.area->linear.bram);
}

void printTable(const std::vector<FormatFigures> &rows, const FormatFigures &base, const Options &o) {
  fmt::print("{:<18} {:>6} {:>8} {:>8}", "format", "bits", "normal", "Laplace");
  if (!o.model.empty())
    fmt::print(" {:>8} {:>8} {:>8} {:>6}", "weights", "inputs", "loss", "sums");
  if (!o.liberty.empty())
    fmt::print(" {:>6}", "energy");
  fmt::print(" {:>8} {:>6} {:>8} {:>6} {:>7} {:>5} {:>6} {:>5}\n", "lane", "", "linear", "", "+ DSP", "DSP", "both",
             "BRAM");
  for (const FormatFigures &row : rows)
    printRow(row, base, o);
  fmt::print("SQNR in dB; lane and linear in LUT, +-{:.1f} %, beside {}. Lane: 32 products, their aligned sum and "
             "its cast; linear: 1024 x 1024 at 32 x 8 products a cycle, with row buffer and cast. + DSP, DSP: the same "
             "linear with its products in DSP slices. Both: its share of a {} whose LUTs and DSPs run out together.\n",
             100 * linearAreaModel().lut.meanError, base.format->name(), o.device);
  if (!o.model.empty())
    fmt::print("Sums: the accumulator's against exact ones of the same quantised operands.\n");
  if (!o.liberty.empty())
    fmt::print("Energy a product: ASIC cells, no glitches, no wires; {}.\n", o.liberty);
}

void printCheapest(const std::vector<FormatFigures> &rows, const FormatFigures &base, double bound) {
  const std::vector<const FormatFigures *> found = cheapest(rows, bound);
  fmt::print("Cheapest of each family at a loss of at most {}:{}\n", bound, found.empty() ? " none" : "");
  for (const FormatFigures *row : found)
    fmt::print("  {:<18} loss {:.4f}, {:.2f}x LUT, {:.2f}x LUT and DSP, {} BRAM\n", row->format->name(), row->loss,
               base.area ? static_cast<double>(row->area->linear.lut) / static_cast<double>(base.area->linear.lut)
                         : NAN,
               base.area ? row->share.share / base.share.share : NAN, row->area->linear.bram);
}

Json asJson(const std::vector<FormatFigures> &rows, const FormatFigures &base, const Options &o) {
  Json list = Json::array();
  for (const FormatFigures &row : rows)
    list.push_back(toJson(row, base));
  Json json = {{"base", base.format->name()}, {"device", o.device}, {"formats", list}};
  if (std::isfinite(o.loss)) {
    json["loss_bound"] = o.loss, json["cheapest"] = Json::array();
    for (const FormatFigures *row : cheapest(rows, o.loss))
      json["cheapest"].push_back(row->format->name());
  }
  return json;
}

void compare(const Options &o) {
  if (o.model.empty() != o.data.empty())
    fail("formats compare: --model and --data belong together (give both or neither)");
  if (o.model.empty() && (!o.liberty.empty() || std::isfinite(o.loss)))
    fail("formats compare: --liberty and --loss are about a model (give --model and --data too)");
  const Device device = loadDevice(o.device);
  std::vector<FormatFigures> rows;
  for (const std::string &name : o.names)
    rows.emplace_back(&parseFormat(name));
  rows.emplace_back(&parseFormat(o.base)); // for its area and energy
  measureSamples(rows, device);
  if (!o.model.empty())
    measureModel(rows, {o.model, o.data, o.liberty});
  const FormatFigures base = rows.back();
  rows.pop_back();
  if (o.json)
    return print(asJson(rows, base, o));
  printTable(rows, base, o);
  if (std::isfinite(o.loss))
    printCheapest(rows, base, o.loss);
}

} // namespace

void addCompare(CLI::App &formats) {
  CLI::App *command = addCommand(formats, "compare", "Area, SQNR, loss and energy of formats side by side",
                                 {"mase formats compare mxint8 'bmf<4,3>' bl8",
                                  "mase formats compare mxint4 mxfp4 --model models/llama-stories-1m --data "
                                  "models/llama-stories-1m/eval.txt --loss 2.3"});
  auto o = std::make_shared<Options>();
  command->add_option("FORMAT", o->names, "The formats")->required();
  command->add_option("--model", o->model, "Also on this model's weights, inputs and loss");
  command->add_option("--data", o->data, "The text for --model");
  command->add_option("--base", o->base, "The format whose area and energy are 1")->capture_default_str();
  command->add_option("--device", o->device, "Its LUTs and DSPs weigh each other")->capture_default_str();
  command->add_option("--liberty", o->liberty, "Standard cells: also energy a product, on the model's operands");
  command->add_option("--loss", o->loss, "Also the cheapest of each family up to this loss");
  command->add_flag("--json", o->json, "One JSON object");
  command->callback([o] { compare(*o); });
}

} // namespace mase::cli
