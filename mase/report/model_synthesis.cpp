// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/report/model_synthesis.h"

#include "mase/hardware/memory.h"
#include "mase/hardware/operator_area.h"
#include "mase/rtl/model_folder.h"
#include "mase/support/parallel.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fmt/format.h>
#include <map>

namespace fs = std::filesystem;

namespace mase {
namespace {

constexpr int kSideBySide = 2; // a run of Yosys takes a gigabyte, more of large kinds

Area times(const Area &area, int64_t count) {
  return {area.lut * count, area.ff * count, area.dsp * count, area.bram * count, area.uram * count};
}

std::string operatorOf(const std::string &module) { return module.starts_with("mase_") ? module.substr(5) : module; }

/// A module that may use DSP slices or carry rows says which; of others every multiplication may be a slice.
bool usesDsp(const HardwareModule &module) {
  for (const auto &[name, value] : module.parameters)
    if (name == "Dsp")
      return value != "0";
  return true;
}

void add(SynthesizedPart &to, const SynthesizedPart &part) {
  to.kinds += part.kinds;
  to.instances += part.instances;
  to.found += part.found;
  to.predicted += part.predicted;
  to.isPredicted = to.isPredicted && part.isPredicted;
  to.levels = std::max(to.levels, part.levels);
  to.seconds += part.seconds;
  to.cached = to.cached && part.cached;
}

SynthesizedPart noPart(const std::string &name, const std::string &module) {
  SynthesizedPart part;
  part.name = name;
  part.module = module;
  part.kinds = 0;
  part.isPredicted = part.cached = true;
  return part;
}

/// What a formula says, found and predicted alike.
SynthesizedPart &count(SynthesizedPart &part, const Area &area) {
  ++part.instances;
  part.found += area;
  part.predicted += area;
  return part;
}

std::vector<SynthesizedPart> countedParts(const Netlist &netlist) {
  SynthesizedPart weights = noPart("weights", "mase_weight_memory"), tables = noPart("tables", "mase_table_memory"),
                  fifos = noPart("fifos", "mase_row_fifo");
  for (size_t i = 0; i < netlist.instances.size(); ++i) {
    const HardwareModule &module = netlist.instances[i].module;
    if (module.words && netlist.isExternal(static_cast<int>(i))) // beats of the memory's port
      count(fifos, fifoArea(netlist.external.dataBits, netlist.external.depth));
    else if (module.words && !module.words->words.empty())
      count(weights, memoryArea(MemoryKind::Bram, module.words->bits, std::ssize(module.words->words)));
    if (module.file) {
      const int64_t words = std::ssize(module.file->words), digits = words == 0 ? 0 : std::ssize(module.file->words[0]);
      Area area; // its address and its handshake are the module's
      area.bram = blockMemories(module.gives ? module.gives->bits : 4 * digits, words, module.file->ports);
      count(tables, area);
    }
  }
  for (const NetChannel &channel : netlist.channels)
    if (channel.depth > 0)
      count(fifos, fifoArea(netlist.instances[static_cast<size_t>(channel.from)].module.results[channel.output].bits(),
                            channel.depth));
  return {weights, tables, fifos};
}

/// Kinds in the model's order, with the number of their instances.
std::vector<SynthesizedPart> kindsOf(const Netlist &netlist, std::vector<const HardwareModule *> &modules) {
  std::vector<SynthesizedPart> kinds;
  std::map<std::string, size_t> known;
  for (const NetInstance &instance : netlist.instances) {
    const auto [at, isNew] = known.emplace(instance.module.kind, kinds.size());
    if (isNew) {
      kinds.emplace_back();
      kinds.back().name = instance.module.kind;
      kinds.back().module = instance.module.module;
      modules.push_back(&instance.module);
    }
    ++kinds[at->second].instances;
  }
  return kinds;
}

nlohmann::ordered_json toJson(const SynthesizedPart &part) {
  nlohmann::ordered_json json = {{"name", part.name}, {"module", part.module}, {"instances", part.instances}};
  auto value = [&](const char *name, int64_t Area::*count) {
    const int64_t found = part.found.*count, predicted = part.predicted.*count;
    json[name] = {{"value", found}};
    if (!part.isPredicted)
      return;
    json[name]["predicted"] = predicted;
    json[name]["error"] = found == 0 ? static_cast<double>(predicted)
                                     : static_cast<double>(predicted - found) / static_cast<double>(found);
  };
  value("lut", &Area::lut);
  value("ff", &Area::ff);
  value("dsp", &Area::dsp);
  value("bram", &Area::bram);
  value("uram", &Area::uram);
  json["levels"] = part.levels;
  json["seconds"] = part.seconds;
  return json;
}

std::string line(const SynthesizedPart &part) {
  auto predicted = [&part](int64_t Area::*count) {
    if (!part.isPredicted)
      return std::string("-");
    return fmt::format("{}", part.predicted.*count);
  };
  const std::string error =
      !part.isPredicted || part.found.lut == 0
          ? "-"
          : fmt::format("{:+.1f} %", 100.0 * static_cast<double>(part.predicted.lut - part.found.lut) /
                                         static_cast<double>(part.found.lut));
  return fmt::format("{:<18} {:>5} {:>9} {:>8} {:>8} {:>9} {:>8} {:>8} {:>6} {:>6} {:>5} {:>5} {:>6} {:>7.0f}\n",
                     part.name, part.kinds, part.instances, part.found.lut, predicted(&Area::lut), error, part.found.ff,
                     predicted(&Area::ff), part.found.dsp, predicted(&Area::dsp), part.found.bram,
                     predicted(&Area::bram), part.levels, part.seconds);
}

} // namespace

ModelSynthesis synthesizeModel(const fs::path &folder, SynthesisOptions options) {
  const auto start = std::chrono::steady_clock::now();
  const ModelFolder model = readModel(folder);
  const Netlist &netlist = model.design.netlist;
  options.sources = {folder / "sv"};
  options.boxes = {"mase_table_memory.sv", "mase_tied_memory.sv"};
  requiredYosysVersion(options.yosys);

  ModelSynthesis result;
  result.model = model.design.model;
  std::vector<const HardwareModule *> modules;
  result.kinds = kindsOf(netlist, modules);
  std::atomic<size_t> next = 0;
  parallelFor(kSideBySide, [&](int64_t) {
    for (size_t k = next++; k < modules.size(); k = next++) {
      SynthesizedPart &kind = result.kinds[k];
      const SynthesisResult run =
          synthesizeFile(kind.name, folder / "model/kinds" / (kind.name + ".sv"), options, usesDsp(*modules[k]));
      kind.found = times(run.area, kind.instances);
      kind.levels = run.levels;
      kind.seconds = run.seconds;
      kind.cached = run.cached;
      if (const std::optional<Area> area = predictedArea(*modules[k])) {
        kind.isPredicted = true;
        kind.predicted = times(*area, kind.instances);
      }
    }
  });

  std::map<std::string, SynthesizedPart> operators;
  for (const SynthesizedPart &kind : result.kinds)
    add(operators.try_emplace(kind.module, noPart(operatorOf(kind.module), kind.module)).first->second, kind);
  for (const auto &[module, part] : operators)
    result.operators.push_back(part);
  std::stable_sort(result.operators.begin(), result.operators.end(),
                   [](const auto &a, const auto &b) { return a.found.lut > b.found.lut; });
  result.counted = countedParts(netlist);
  result.sum = noPart("sum", "");
  for (const auto *parts : {&result.operators, &result.counted})
    for (const SynthesizedPart &part : *parts)
      add(result.sum, part);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

nlohmann::ordered_json toJson(const ModelSynthesis &synthesis) {
  nlohmann::ordered_json json = toJson(synthesis.sum);
  json["name"] = synthesis.model;
  json.erase("module");
  for (const auto &[name, parts] :
       {std::pair{"operators", &synthesis.operators}, {"counted", &synthesis.counted}, {"kinds", &synthesis.kinds}})
    for (const SynthesizedPart &part : *parts)
      json[name].push_back(toJson(part));
  json["wall_seconds"] = synthesis.seconds;
  return json;
}

std::string describe(const ModelSynthesis &synthesis) {
  std::string text = fmt::format(
      "{:<18} {:>5} {:>9} {:>8} {:>8} {:>9} {:>8} {:>8} {:>6} {:>6} {:>5} {:>5} {:>6} {:>7}\n", "operator", "kinds",
      "instances", "LUT", "predict", "error", "FF", "predict", "DSP", "pred.", "BRAM", "pred.", "levels", "seconds");
  for (const auto *parts : {&synthesis.operators, &synthesis.counted})
    for (const SynthesizedPart &part : *parts)
      text += line(part);
  text += line(synthesis.sum);
  return text +
         fmt::format("{} synthesised in {:.0f} s{}; memories of weights and tables and FIFOs are counted by formula\n",
                     synthesis.model, synthesis.seconds, synthesis.sum.cached ? ", all of it kept" : "");
}

} // namespace mase
