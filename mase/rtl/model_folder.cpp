// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/model_folder.h"

#include "mase/formats/registry.h"
#include "mase/rtl/external_text.h"
#include "mase/rtl/linear_files.h"
#include "mase/rtl/netlist_text.h"
#include "mase/rtl/netlist_top.h"
#include "mase/rtl/packaging.h"
#include "mase/rtl/status_map.h"
#include "mase/rtl/timing_json.h"
#include "mase/rtl/verilator_tools.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"
#include "mase/support/output.h"

#include <fmt/ranges.h>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

namespace fs = std::filesystem;

namespace mase {
namespace {

using Json = nlohmann::ordered_json;

std::string nameOf(const Format *format) { return format ? format->name() : ""; }
const Format *formatOf(const Json &name) {
  const std::string text = name.get<std::string>();
  return text.empty() ? nullptr : &parseFormat(text);
}

Json namesOf(const std::vector<const Format *> &formats) {
  Json names = Json::array();
  for (const Format *format : formats)
    names.push_back(nameOf(format));
  return names;
}
std::vector<const Format *> formatsOf(const Json &names) {
  std::vector<const Format *> formats;
  for (const Json &name : names)
    formats.push_back(formatOf(name));
  return formats;
}

Json toJson(const HardwarePort &port) {
  Json json = {{"name", port.name}, {"bits", {port.dataBits, port.scaleBits}}};
  if (port.format)
    json["format"] = port.format->name();
  json["elements"] = {port.tile, port.features}; // of a beat, of a row
  if (port.isAxis)
    json["axis"] = true;
  return json;
}
HardwarePort portOf(const Json &json) {
  HardwarePort port = {json.at("name"), json.at("bits").at(0), json.at("bits").at(1)};
  if (json.contains("format"))
    port.format = formatOf(json.at("format"));
  port.tile = json.at("elements").at(0);
  port.features = json.at("elements").at(1);
  port.isAxis = json.contains("axis");
  return port;
}

template <typename Ports>
Json listOf(const Ports &ports) {
  Json json = Json::array();
  for (const HardwarePort &port : ports)
    json.push_back(toJson(port));
  return json;
}

Json toJson(const HardwareModule &module) {
  Json json = {{"name", module.kind}, {"module", module.module}, {"file", "kinds/" + module.kind + ".sv"}};
  json["parameters"] = Json::object(); // but for tables
  for (const auto &[name, value] : module.parameters)
    if (value.find('\'') == std::string::npos)
      json["parameters"][name] = std::stoll(value);
  if (module.weight)
    json["weight"] = module.weight->name();
  json["operands"] = listOf(module.operands);
  json["control"] = Json::array();
  for (const HardwareControl &control : module.control)
    json["control"].push_back({{"stream", static_cast<int>(control.stream)}, {"port", toJson(control.port)}});
  json["results"] = listOf(module.results);
  if (module.words)
    json["words"] = {{"port", module.words->port}, {"bits", module.words->bits}};
  if (module.file)
    json["memory"] = {
        {"parameter", module.file->parameter}, {"file", memoryFile(module)}, {"ports", module.file->ports}};
  if (module.gives)
    json["gives"] = {{"port", module.gives->port}, {"bits", module.gives->bits}};
  json["constants"] = Json::array();
  for (const HardwareConstant &constant : module.constants)
    json["constants"].push_back({{"port", constant.port}, {"bits", constant.bits}});
  json["flags"] = module.flags;
  if (module.timing.isKnown())
    json["timing"] = toJson(module.timing);
  return json;
}

std::vector<std::string> linesOf(const std::string &text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  return lines;
}
std::string joined(const std::vector<std::string> &lines) { return fmt::format("{}\n", fmt::join(lines, "\n")); }

HardwareModule moduleOf(const Json &json, const fs::path &folder) {
  HardwareModule module;
  module.kind = json.at("name");
  module.module = json.at("module");
  for (const auto &[name, value] : json.at("parameters").items())
    module.parameters.emplace_back(name, fmt::format("{}", value.get<int64_t>()));
  if (json.contains("weight"))
    module.weight = formatOf(json.at("weight"));
  for (const Json &port : json.at("operands"))
    module.operands.push_back(portOf(port));
  for (const Json &control : json.at("control"))
    module.control.push_back({portOf(control.at("port")), static_cast<ControlStream>(control.at("stream").get<int>())});
  for (const Json &port : json.at("results"))
    module.results.push_back(portOf(port));
  if (json.contains("words"))
    module.words = HardwareWords{json.at("words").at("port"), json.at("words").at("bits"), {}};
  if (json.contains("memory"))
    module.file = HardwareFile{json.at("memory").at("parameter"),
                               linesOf(readTextFile(folder / json.at("memory").at("file").get<std::string>())), 0, 0,
                               json.at("memory").value("ports", 1)};
  if (json.contains("gives"))
    module.gives = HardwareWords{json.at("gives").at("port"), json.at("gives").at("bits"), {}};
  for (const Json &constant : json.at("constants"))
    module.constants.push_back({constant.at("port"), constant.at("bits"), 0});
  module.flags = json.at("flags").get<std::vector<std::string>>();
  if (json.contains("timing"))
    module.timing = timingOf(json.at("timing"));
  return module;
}

Json toJson(const NetInstance &instance, bool isExternal) {
  Json json = {{"name", instance.name}, {"kind", instance.module.kind}};
  if (instance.step >= 0)
    json["step"] = instance.step;
  if (instance.wordsFrom >= 0)
    json["words_from"] = instance.wordsFrom; // another instance
  else if (instance.module.words && !isExternal)
    json["words"] = wordsFile(instance);
  for (const HardwareConstant &constant : instance.module.constants)
    json["constants"].push_back(constant.value);
  return json;
}

Json toJson(const ExternalRegion &region) {
  return {{"instance", region.instance},
          {"base", region.base},
          {"beats", region.beats},
          {"words", region.words},
          {"low_bits", region.packing.lowBits}};
}

/// The port of an external memory, and where each linear's words lie in its image.
Json externalJson(const Netlist &netlist) {
  const ExternalPort &port = netlist.external;
  Json json = {{"module", port.module},          {"file", port.module + ".sv"}, {"image", externalFile},
               {"data_bits", port.dataBits},     {"burst", port.burst},         {"depth", port.depth},
               {"outstanding", port.outstanding}};
  json["memory"] = {{"latency", port.memory.latency}, {"bytes_per_cycle", port.memory.bytesPerCycle}};
  json["regions"] = Json::array();
  for (const ExternalRegion &region : externalRegions(netlist))
    json["regions"].push_back(toJson(region));
  return json;
}

void readExternal(const Json &json, const fs::path &model, ModelFolder &result) {
  Netlist &netlist = result.design.netlist;
  ExternalPort &port = netlist.external;
  port.module = json.at("module");
  port.dataBits = json.at("data_bits");
  port.burst = json.at("burst");
  port.depth = json.at("depth");
  port.outstanding = json.at("outstanding");
  port.memory = {json.at("memory").at("latency"), json.at("memory").at("bytes_per_cycle")};
  checkPort(port);
  const std::string image = readTextFile(model / json.at("image").get<std::string>());
  for (const Json &entry : json.at("regions")) {
    const int instance = entry.at("instance");
    const int64_t words = entry.at("words");
    if (words < 1 || words > 8 * std::ssize(image))
      fail("{}: has a region of {} words", model.string(), words);
    netlist.instances.at(static_cast<size_t>(instance)).module.words.value().words.resize(static_cast<size_t>(words));
    port.instances.push_back(instance);
  }
  const std::vector<ExternalRegion> regions = externalRegions(netlist);
  for (size_t r = 0; r < regions.size(); ++r) {
    if (json.at("regions").at(r) != toJson(regions[r]))
      fail("{}: its external memory has another layout than this program's (emit the design anew)", model.string());
    netlist.instances[static_cast<size_t>(regions[r].instance)].module.words->words = externalWords(regions[r], image);
  }
  result.kinds.push_back(
      {port.module, readTextFile(model / json.at("file").get<std::string>()), externalPorts(netlist)});
}

void readDesign(const Json &json, const fs::path &model, ModelFolder &result) {
  ModelDesign &design = result.design;
  design.model = json.at("model");
  design.context = json.at("context");
  design.netlist.classifies = json.value("classifies", false);
  design.netlist.counters = json.value("counters", false);
  design.assignment = formatsOf(json.at("formats").at("slots"));
  design.edges = {formatsOf(json.at("formats").at("edges")), formatsOf(json.at("formats").at("tables"))};
  std::map<std::string, HardwareModule> kinds;
  for (const Json &kind : json.at("kinds")) {
    const HardwareModule module = moduleOf(kind, model);
    kinds[module.kind] = module;
    result.kinds.push_back({module.kind, readTextFile(model / kind.at("file").get<std::string>()), kindPorts(module)});
  }
  for (const Json &entry : json.at("instances")) {
    NetInstance instance = {entry.at("name"), kinds.at(entry.at("kind")), entry.value("step", -1)};
    instance.wordsFrom = entry.value("words_from", -1);
    if (instance.wordsFrom >= std::ssize(design.netlist.instances) ||
        (instance.wordsFrom >= 0 &&
         !design.netlist.instances[static_cast<size_t>(instance.wordsFrom)].module.gives.has_value()))
      fail("{}: {} has its words from an instance that gives none", model.string(), instance.name);
    if (instance.module.words && entry.contains("words"))
      instance.module.words->words = linesOf(readTextFile(model / entry.at("words").get<std::string>()));
    for (size_t c = 0; c < instance.module.constants.size(); ++c)
      instance.module.constants[c].value = entry.at("constants").at(c);
    design.netlist.instances.push_back(std::move(instance));
  }
  for (const Json &channel : json.at("channels"))
    design.netlist.channels.push_back({channel.at("from").at(0), channel.at("from").at(1), channel.at("to").at(0),
                                       channel.at("to").at(1), channel.at("depth")});
  if (json.contains("external"))
    readExternal(json.at("external"), model, result);
  for (const Json &token : json.at("tokens"))
    design.tokens.push_back({token.at(0), token.at(1), token.at(2), token.at(3)});
  design.expected.resize(design.netlist.instances.size());
  for (const Json &edge : json.at("expected")) {
    ExpectedBeats &expected = design.expected.at(edge.at("instance").get<size_t>());
    expected.beats = linesOf(readTextFile(model / edge.at("file").get<std::string>()));
    expected.beatsOfToken = edge.at("beats").get<std::vector<int64_t>>();
  }
}

} // namespace

std::string topName(const std::string &model) { return "mase_" + moduleName(model); }

void writeModel(const ModelDesign &design, const fs::path &folder) {
  const std::string top = topName(design.model);
  Json json = {{"mase", "model"}, {"version", 1}, {"model", design.model}, {"terms", noRestriction}, {"top", top}};
  for (const ModuleText &module : topTexts(design.netlist, top))
    writeFile(folder / (module.name + ".sv"), module.text);
  writeFile(folder / "package_ip.tcl", packagingScript(design.netlist, top, design.model));
  json["counters"] = design.netlist.counters;
  if (design.netlist.counters)
    writeFile(folder / "status.json", statusJson(design.netlist));
  json["context"] = design.context;
  json["classifies"] = design.netlist.classifies;
  json["formats"] = {{"slots", namesOf(design.assignment)},
                     {"edges", namesOf(design.edges.output)},
                     {"tables", namesOf(design.edges.table)}};
  json["kinds"] = json["instances"] = json["channels"] = json["tokens"] = json["expected"] = Json::array();
  std::set<std::string> kinds, names;
  for (size_t i = 0; i < design.netlist.instances.size(); ++i) {
    const NetInstance &instance = design.netlist.instances[i];
    const bool isExternal = design.netlist.isExternal(static_cast<int>(i));
    const HardwareModule &module = instance.module;
    if (!names.insert(moduleName(instance.name)).second)
      fail("{}: another operator has the module name '{}' too (names must differ in a letter or digit)", instance.name,
           moduleName(instance.name));
    if (kinds.insert(module.kind).second) {
      const std::string text = kindText(module);
      writeFile(folder / "kinds" / (module.kind + ".sv"), text);
      json["kinds"].push_back(toJson(module));
      if (module.file)
        writeFile(folder / memoryFile(module), joined(module.file->words));
    }
    if (module.words && !isExternal && instance.wordsFrom < 0)
      writeFile(folder / wordsFile(instance), joined(module.words->words));
    json["instances"].push_back(toJson(instance, isExternal));
  }
  if (!design.netlist.external.instances.empty()) {
    writeFile(folder / externalFile, externalImage(design.netlist));
    json["external"] = externalJson(design.netlist);
  }
  for (const NetChannel &channel : design.netlist.channels)
    json["channels"].push_back(
        {{"from", {channel.from, channel.output}}, {"to", {channel.to, channel.input}}, {"depth", channel.depth}});
  for (const ModelToken &token : design.tokens)
    json["tokens"].push_back({token.id, token.wanted, token.last, token.type});
  for (size_t i = 0; i < design.expected.size(); ++i) {
    if (design.expected[i].beats.empty())
      continue;
    const std::string file = fmt::format("expected/{}.hex", moduleName(design.netlist.instances[i].name));
    writeFile(folder / file, joined(design.expected[i].beats));
    json["expected"].push_back({{"instance", i}, {"file", file}, {"beats", design.expected[i].beatsOfToken}});
  }
  writeFile(folder / "netlist.json", json.dump(1) + '\n');
  if (!design.formats.empty())
    writeFile(folder / "formats.toml", design.formats);
}

ModelFolder readModel(const fs::path &folder) {
  const fs::path path = folder / "model/netlist.json";
  ModelFolder result;
  const Json json = Json::parse(readTextFile(path), nullptr, false);
  if (!json.is_object() || json.value("mase", "") != "model")
    fail("{}: is not the netlist of an emitted model (`mase emit` writes one)", path.string());
  try {
    readDesign(json, folder / "model", result);
  } catch (const std::bad_optional_access &error) {
    fail("{}: lacks what a model needs: {}", path.string(), error.what());
  } catch (const std::out_of_range &error) {
    fail("{}: lacks what a model needs: {}", path.string(), error.what());
  } catch (const Json::exception &error) {
    fail("{}: lacks what a model needs: {}", path.string(), error.what());
  }
  result.library = filesOf(folder / "sv", ".sv");
  return result;
}

} // namespace mase
