// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/area_model.h"

#include "mase/formats/registry.h"
#include "mase/hardware/area_response.h"
#include "mase/hardware/least_squares.h"
#include "mase/ops/linear/hardware.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"
#include "mase/support/nearest_name.h"
#include "mase/support/output.h"
#include "mase/support/toml_document.h"

#include <cassert>
#include <charconv>

namespace mase {
namespace {

constexpr int64_t kMostFeatures = 1 << 20, kMostArea = 1'000'000'000;

std::string trimmed(std::string_view text) {
  size_t begin = text.find_first_not_of(' ');
  return begin == std::string_view::npos ? "" : std::string(text.substr(begin, text.find_last_not_of(' ') + 1 - begin));
}

double evaluateFactor(const std::string &term, const std::string &factor, const Variables &variables) {
  if (auto found = variables.find(factor); found != variables.end())
    return found->second;
  double number = 0;
  auto [end, error] = std::from_chars(factor.data(), factor.data() + factor.size(), number);
  if (error == std::errc() && end == factor.data() + factor.size())
    return number;
  std::vector<std::string> known;
  for (const auto &[name, value] : variables)
    known.push_back(name);
  fail("term '{}': variable '{}' does not exist ({})", term, factor, nameHint(factor, known));
}

AreaSample readSample(TomlTable &table, ModelState state) {
  AreaSample sample;
  LinearConfig &config = sample.config;
  config.inFeatures = table.integer("in", 1, kMostFeatures);
  config.outFeatures = table.integer("out", 1, kMostFeatures);
  config.tileIn = static_cast<int>(table.integer("tile_in", 1, kMostFeatures));
  config.tileOut = static_cast<int>(table.integer("tile_out", 1, kMostFeatures));
  config.input = &parseFormat(table.text("input"));
  config.weight = &parseFormat(table.text("weight"));
  config.output = &parseFormat(table.text("output"));
  sample.lut = table.integer("lut", state == ModelState::Draft ? 0 : 1, kMostArea);
  sample.ff = table.integer("ff", state == ModelState::Draft ? 0 : 1, kMostArea);
  if (table.has("dsp")) { // the measured count, and the choice of them
    config.multiplier = Multiplier::Dsp;
    sample.dsp = table.integer("dsp", state == ModelState::Draft ? 0 : 1, kMostArea);
    if (state == ModelState::Final && sample.dsp != dspSlices(config))
      fail("{}: {} DSPs were measured ({} are right)", table.where("dsp"), sample.dsp, dspSlices(config));
  }
  table.refuseOthers();
  return sample;
}

std::string nine(double value) { return fmt::format("{:.9g}", value); }

double rounded(double value) { return std::stod(nine(value)); }

} // namespace

double evaluateTerm(const std::string &term, const Variables &variables) {
  double product = 1;
  for (size_t begin = 0; begin <= term.size();) {
    size_t end = std::min(term.find('*', begin), term.size());
    product *= evaluateFactor(term, trimmed(std::string_view(term).substr(begin, end - begin)), variables);
    begin = end + 1;
  }
  return product;
}

double AreaResponse::predict(const Variables &variables) const {
  assert(terms.size() == coefficients.size());
  double sum = 0;
  for (size_t t = 0; t < terms.size(); ++t)
    sum += coefficients[t] * evaluateTerm(terms[t], variables);
  return sum;
}

AreaModel readAreaModel(const std::filesystem::path &path, ModelState state) {
  TomlDocument document(path);
  TomlTable root = document.root();
  AreaModel model;
  model.yosys = root.text("yosys");
  model.maxError = root.number("max_error");
  model.lut = readResponse(root.table("lut"), model.maxError, state);
  model.ff = readResponse(root.table("ff"), model.maxError, state);
  for (TomlTable &table : root.tables("sample"))
    model.samples.push_back(readSample(table, state));
  root.refuseOthers();
  return model;
}

AreaResponse readResponse(TomlTable table, double maxError, ModelState state) {
  AreaResponse response;
  response.terms = table.texts("terms");
  response.coefficients = table.numbers("coefficients");
  response.meanError = table.number("mean_error");
  response.worstError = table.number("worst_error");
  table.refuseOthers();
  if (state == ModelState::Draft)
    return response;
  if (response.coefficients.size() != response.terms.size())
    fail("{}: {} coefficients for {} terms (scripts/sample_area fits them)", table.where("coefficients"),
         response.coefficients.size(), response.terms.size());
  if (response.meanError > maxError)
    fail("{}: cross-validated error {} exceeds the bound {} (better terms or more samples, not a wider bound)",
         table.where("mean_error"), response.meanError, maxError);
  return response;
}

std::string responseText(const char *name, const AreaResponse &response) {
  std::string text = fmt::format("\n[{}]\nterms = [\n", name), coefficients;
  for (const std::string &term : response.terms)
    text += fmt::format("  \"{}\",\n", term);
  for (double coefficient : response.coefficients)
    coefficients += (coefficients.empty() ? "" : ", ") + nine(coefficient);
  return text + fmt::format("]\ncoefficients = [{}]\nmean_error = {}\nworst_error = {}\n", coefficients,
                            nine(response.meanError), nine(response.worstError));
}

void fitResponse(AreaResponse &response, const std::vector<Variables> &samples, const std::vector<double> &y) {
  std::vector<std::vector<double>> rows;
  for (const Variables &variables : samples) {
    std::vector<double> &row = rows.emplace_back();
    for (const std::string &term : response.terms)
      row.push_back(evaluateTerm(term, variables));
  }
  const CrossValidation errors = crossValidate(rows, y);
  response.coefficients = fitRelative(rows, y);
  for (double &coefficient : response.coefficients)
    coefficient = rounded(coefficient);
  response.meanError = rounded(errors.mean);
  response.worstError = rounded(errors.worst);
}

std::string headComment(const std::string &text) {
  size_t end = 0;
  while (end < text.size() && text[end] == '#')
    end = std::min(text.find('\n', end), text.size() - 1) + 1;
  return text.substr(0, end);
}

void fitAreaModel(AreaModel &model, VariablesOf variablesOf) {
  std::vector<Variables> variables;
  std::vector<double> luts, ffs;
  for (const AreaSample &sample : model.samples) {
    variables.push_back(variablesOf(sample.config));
    luts.push_back(static_cast<double>(sample.lut));
    ffs.push_back(static_cast<double>(sample.ff));
  }
  fitResponse(model.lut, variables, luts);
  fitResponse(model.ff, variables, ffs);
}

void writeAreaModel(const std::filesystem::path &path, const AreaModel &model) {
  std::string text = headComment(readTextFile(path));
  text += fmt::format("yosys = \"{}\"\nmax_error = {}\n", model.yosys, nine(model.maxError));
  text += "sample = [\n";
  for (const AreaSample &sample : model.samples) {
    const LinearConfig &c = sample.config;
    text += fmt::format(
        "  {{ in = {}, out = {}, tile_in = {}, tile_out = {}, input = \"{}\", weight = \"{}\", output = \"{}\", "
        "lut = {}, ff = {}{} }},\n",
        c.inFeatures, c.outFeatures, c.tileIn, c.tileOut, c.input->name(), c.weight->name(), outputName(c), sample.lut,
        sample.ff, c.multiplier == Multiplier::Dsp ? fmt::format(", dsp = {}", sample.dsp) : "");
  }
  text += "]\n" + responseText("lut", model.lut) + responseText("ff", model.ff);
  writeFile(path, text);
}

} // namespace mase
