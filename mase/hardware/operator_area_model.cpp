// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/operator_area_model.h"

#include "mase/hardware/area_response.h"
#include "mase/hardware/formula.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"
#include "mase/support/output.h"
#include "mase/support/random.h"
#include "mase/support/toml_document.h"

#include <algorithm>
#include <cmath>
#include <fmt/ranges.h>

namespace mase {
namespace {

constexpr int64_t kMost = 1'000'000'000;

/// "name = formula" as both; without '=' the formula is empty.
std::pair<std::string, std::string> definition(const std::string &text) {
  const size_t equal = text.find('='), name = text.find_first_of(" =");
  return {text.substr(0, name), equal == std::string::npos ? "" : text.substr(text.find_first_not_of(' ', equal + 1))};
}

int64_t counted(const std::string &formula, const Variables &variables) {
  return std::llround(evaluateFormula(formula, variables));
}

OperatorAreaSample readSample(TomlTable &table, const OperatorAreaModel &model, ModelState state) {
  OperatorAreaSample sample;
  for (const std::string &parameter : model.parameters) {
    const std::string name = definition(parameter).first;
    if (table.has(name))
      sample.parameters.emplace_back(name, table.integer(name, -kMost, kMost));
  }
  sample.area.lut = table.integer("lut", state == ModelState::Draft ? 0 : 1, kMost);
  sample.area.ff = table.integer("ff", state == ModelState::Draft ? 0 : 1, kMost);
  sample.area.dsp = table.has("dsp") ? table.integer("dsp", 1, kMost) : 0;
  sample.area.bram = table.has("bram") ? table.integer("bram", 1, kMost) : 0;
  sample.area.uram = table.has("uram") ? table.integer("uram", 1, kMost) : 0;
  table.refuseOthers();
  if (state == ModelState::Draft)
    return sample;
  const Area right = model.predict(sample.parameters);
  if (sample.area.dsp != right.dsp || sample.area.bram != right.bram || sample.area.uram != right.uram)
    fail("{}: {} DSPs, {} block memories and {} UltraRAMs were measured (the formulas give {}, {} and {})",
         table.where("lut"), sample.area.dsp, sample.area.bram, sample.area.uram, right.dsp, right.bram, right.uram);
  return sample;
}

std::string list(const char *name, const std::vector<std::string> &texts) {
  std::string text = fmt::format("{} = [", name);
  for (const std::string &each : texts)
    text += fmt::format("\n  \"{}\",", each);
  return text + (texts.empty() ? "]\n" : "\n]\n");
}

} // namespace

Variables OperatorAreaModel::variablesOf(const std::vector<std::pair<std::string, int64_t>> &given) const {
  Variables values;
  for (const std::string &parameter : parameters) {
    const auto [name, otherwise] = definition(parameter);
    const auto found =
        std::find_if(given.begin(), given.end(), [&name = name](const auto &own) { return own.first == name; });
    if (found == given.end() && otherwise.empty())
      fail("{}: has no parameter '{}', which its area model needs (its cost/*.toml may say what it counts then)",
           module, name);
    values[name] = found == given.end() ? evaluateFormula(otherwise, values) : static_cast<double>(found->second);
  }
  for (const std::string &variable : variables) {
    const auto [name, formula] = definition(variable);
    values[name] = evaluateFormula(formula, values);
  }
  return values;
}

Area OperatorAreaModel::predict(const std::vector<std::pair<std::string, int64_t>> &given) const {
  const Variables values = variablesOf(given);
  Area area;
  area.lut = std::llround(lut.predict(values));
  area.ff = std::llround(ff.predict(values));
  area.dsp = counted(dsp, values);
  area.bram = counted(bram, values);
  area.uram = counted(uram, values);
  return area;
}

std::vector<std::pair<std::string, std::string>> OperatorAreaModel::literalsOf(const OperatorAreaSample &sample) const {
  std::vector<std::pair<std::string, std::string>> result;
  const Variables values = variablesOf(sample.parameters);
  for (const std::string &literal : literals) {
    const auto [name, formula] = definition(literal);
    const int64_t bits = counted(formula, values);
    std::string digits;
    for (int64_t word = (bits + 63) / 64; word-- > 0;)
      digits += fmt::format("{:016x}", mix(1 + 0x9E3779B97F4A7C15ULL * static_cast<uint64_t>(word)));
    digits = digits.substr(digits.size() - static_cast<size_t>((bits + 3) / 4)); // the highest may have bits to spare
    if (const int spare = static_cast<int>(bits % 4); spare != 0)
      digits[0] = "0123456789abcdef"[std::stoi(digits.substr(0, 1), nullptr, 16) & ((1 << spare) - 1)];
    result.emplace_back(name, fmt::format("{}'h{}", bits, digits));
  }
  return result;
}

OperatorAreaModel readOperatorAreaModel(const std::filesystem::path &path, ModelState state) {
  TomlDocument document(path);
  TomlTable root = document.root();
  OperatorAreaModel model;
  model.module = root.text("module");
  model.yosys = root.text("yosys");
  model.maxError = root.number("max_error");
  model.parameters = root.texts("parameters");
  model.literals = root.texts("literals");
  model.variables = root.texts("variables");
  model.dsp = root.text("dsp");
  model.bram = root.text("bram");
  if (root.has("uram"))
    model.uram = root.text("uram");
  model.lut = readResponse(root.table("lut"), model.maxError, state);
  model.ff = readResponse(root.table("ff"), model.maxError, state);
  for (TomlTable &table : root.tables("sample"))
    model.samples.push_back(readSample(table, model, state));
  root.refuseOthers();
  return model;
}

void fitOperatorAreaModel(OperatorAreaModel &model) {
  std::vector<Variables> variables;
  std::vector<double> luts, ffs;
  for (const OperatorAreaSample &sample : model.samples) {
    variables.push_back(model.variablesOf(sample.parameters));
    luts.push_back(static_cast<double>(sample.area.lut));
    ffs.push_back(static_cast<double>(sample.area.ff));
  }
  fitResponse(model.lut, variables, luts);
  fitResponse(model.ff, variables, ffs);
}

void writeOperatorAreaModel(const std::filesystem::path &path, const OperatorAreaModel &model) {
  std::string text = headComment(readTextFile(path));
  text +=
      fmt::format("module = \"{}\"\nyosys = \"{}\"\nmax_error = {:.9g}\n", model.module, model.yosys, model.maxError);
  text += list("parameters", model.parameters) + list("literals", model.literals) + list("variables", model.variables);
  text += fmt::format("dsp = \"{}\"\nbram = \"{}\"\n", model.dsp, model.bram);
  text += model.uram == "0" ? "sample = [\n" : fmt::format("uram = \"{}\"\nsample = [\n", model.uram);
  for (const OperatorAreaSample &sample : model.samples) {
    text += "  { ";
    for (const auto &[name, value] : sample.parameters)
      text += fmt::format("{} = {}, ", name, value);
    text += fmt::format("lut = {}, ff = {}", sample.area.lut, sample.area.ff);
    for (const auto &[name, value] :
         {std::pair{"dsp", sample.area.dsp}, {"bram", sample.area.bram}, {"uram", sample.area.uram}})
      text += value > 0 ? fmt::format(", {} = {}", name, value) : "";
    text += " },\n";
  }
  writeFile(path, text + "]\n" + responseText("lut", model.lut) + responseText("ff", model.ff));
}

} // namespace mase
