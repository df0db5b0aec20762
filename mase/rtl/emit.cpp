// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/emit.h"

#include "mase/ops/linear/bit_true.h"
#include "mase/ops/linear/cycles.h"
#include "mase/ops/linear/hardware.h"
#include "mase/rtl/embedded.h"
#include "mase/rtl/linear_files.h"
#include "mase/support/error.h"
#include "mase/support/output.h"
#include "mase/support/parallel.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace fs = std::filesystem;

namespace mase {
namespace {

using Json = nlohmann::ordered_json;

std::string joined(const std::vector<std::string> &lines) {
  std::string text;
  for (const std::string &line : lines)
    text += line + '\n';
  return text;
}

/// A library file without the terms of the source tree.
std::string libraryText(const EmbeddedFile &file) {
  size_t body = file.text.find('\n');
  return fmt::format("// {}{}", noRestriction, file.text.substr(body));
}

LinearConfig atTile(LinearConfig config, int tileIn, int tileOut) {
  config.tileIn = tileIn, config.tileOut = tileOut;
  return config;
}

/// The largest tile up to the one wished for that the features allow.
int fittingTile(int64_t features, int wish) {
  while (wish > 1 && features % wish != 0)
    wish /= 2;
  return wish;
}

/// The config at the small tile of every simulation, or the nearest that its features allow.
LinearConfig atSimulationTile(const LinearConfig &config, const EmitOptions &options) {
  // Products in DSP slices: two outputs at least, which share them.
  const int outputs =
      config.multiplier == Multiplier::Dsp ? std::max(2, options.simulationTileOut) : options.simulationTileOut;
  return atTile(config, fittingTile(config.inFeatures, options.simulationTileIn),
                fittingTile(config.outFeatures, outputs));
}

void checkInstance(const LinearInstance &linear, const EmitOptions &options) {
  const LinearConfig &config = linear.config;
  checkLinearHardware(config);
  checkLinearHardware(atSimulationTile(config, options));
  if (linear.weight.rows != config.outFeatures || linear.weight.cols != config.inFeatures)
    fail("{}: weight is {} x {} ({} x {} is the linear's shape)", linear.name, linear.weight.rows, linear.weight.cols,
         config.outFeatures, config.inFeatures);
  if (std::ssize(linear.bias) != (config.hasBias ? config.outFeatures : 0))
    fail("{}: {} biases ({} would be one for each output)", linear.name, linear.bias.size(),
         config.hasBias ? config.outFeatures : 0);
  if (linear.activation.rows < 1 || linear.activation.cols != config.inFeatures)
    fail("{}: input vectors are {} x {} (one or more rows of {} are needed)", linear.name, linear.activation.rows,
         linear.activation.cols, config.inFeatures);
}

void checkNames(const Design &design, const EmitOptions &options) {
  std::set<std::string> modules, names;
  for (const LinearInstance &linear : design.linears) {
    names.insert(linear.name);
    if (!modules.insert(moduleName(linear.name)).second)
      fail("{}: another linear has the module name '{}' too (names must differ in a letter or digit)", linear.name,
           moduleName(linear.name));
  }
  for (const std::string &name : options.atMappedTile)
    if (!names.count(name))
      fail("{}: is to be simulated at its mapped tile, but the design has no such linear", name);
}

Json describeKind(const LinearConfig &config) {
  std::string name = linearKindName(config);
  Json kind = {{"name", name}, {"module", "kinds/" + name + ".sv"}, {"header", "kinds/" + name + ".h"}};
  kind["features"] = {config.inFeatures, config.outFeatures};
  kind["formats"] = {
      {"input", config.input->name()}, {"weight", config.weight->name()}, {"output", outputName(config)}};
  kind["tile"] = {config.tileIn, config.tileOut};
  for (const auto &[parameter, value] : linearParameters(config))
    kind["parameters"][parameter] = value;
  MemoryShape memory = weightMemoryShape(config);
  kind["weight_memory"] = {{"width_bits", memory.widthBits}, {"depth_words", memory.depthWords}};
  kind["interval"] = interval(config);
  kind["latency"] = latency(config);
  kind["synthesis"] = "synth/" + name + ".ys";
  return kind;
}

/// Writes the files of one linear; returns its entry in the manifest and adds the kinds that it uses.
Json writeLinear(const LinearInstance &linear, const EmitOptions &options, const fs::path &folder,
                 std::map<std::string, LinearConfig> &kinds) {
  std::string module = moduleName(linear.name);
  const BlockIntegers weight = linear.config.weight->integers(linear.weight),
                      input = linear.config.input->integers(linear.activation);
  const EncodedMatrix codes = linear.config.weight->encode(linear.weight);
  const LinearConstants constants = linearConstants(linear.config, codes, linear.bias);
  LinearConfig config = linear.config;
  config.castShift = constants.castShift;
  Json entry = {
      {"name", linear.name},
      {"module", module},
      {"file", "linears/" + module + ".sv"},
      {"kind", linearKindName(config)},
      {"weight_constants",
       {constants.largestScale, constants.exponent, constants.factor, constants.leastScale, constants.biasShift}},
      {"rows", input.rows},
      {"input", "vectors/" + module + ".input.txt"},
      {"expected", "vectors/" + module + ".expected.txt"}};
  writeFile(folder / "linears" / (module + ".sv"), linearModule(linear.name, config, constants));
  writeFile(folder / "vectors" / (module + ".input.txt"), blockLines(*config.input, input));
  writeFile(folder / "vectors" / (module + ".expected.txt"),
            blockLines(*config.output, LinearBitTrue(config, weight, linear.bias)(input)));

  bool mapped = std::count(options.atMappedTile.begin(), options.atMappedTile.end(), linear.name) > 0;
  LinearConfig small = atSimulationTile(config, options);
  std::map<std::string, LinearConfig> tiles = {{linearKindName(small), small}, {linearKindName(config), config}};
  entry["simulations"] = Json::array(), entry["memories"] = Json::array();
  for (const auto &[kind, tile] : tiles) {
    std::string weights = fmt::format("weights/{}.t{}x{}.hex", module, tile.tileIn, tile.tileOut);
    writeFile(folder / weights, joined(packWeights(tile, codes, linear.bias)));
    const bool simulated = kind == linearKindName(small) || mapped;
    entry["memories"].push_back({{"kind", kind}, {"file", weights}, {"simulated", simulated}});
    if (simulated)
      entry["simulations"].push_back({{"kind", kind},
                                      {"tile", {tile.tileIn, tile.tileOut}},
                                      {"weights", weights},
                                      {"cycles_predicted", predictedCycles(tile, input.rows)}});
    const LinearConfig &known = kinds.try_emplace(kind, tile).first->second;
    if (linearParameters(known) != linearParameters(tile) || linearTables(known) != linearTables(tile))
      fail("{}: formats '{}', '{}' and '{}', '{}' of two linears make the same file name '{}' (rename the file of a "
           "table)",
           linear.name, known.input->name(), known.weight->name(), tile.input->name(), tile.weight->name(), kind);
  }
  return entry;
}

} // namespace

void emitDesign(const Design &design, const EmitOptions &options, const fs::path &path) {
  for (const LinearInstance &linear : design.linears)
    checkInstance(linear, options);
  checkNames(design, options);
  OutputDirectory out(path);
  const fs::path &folder = out.staging();
  for (const EmbeddedFile &file : systemVerilogLibrary)
    writeFile(folder / "sv" / file.name, libraryText(file));
  for (const EmbeddedFile &file : benchSources)
    writeFile(folder / "bench" / file.name, libraryText(file));

  Json manifest = {{"mase", "linears"}, {"version", 1}, {"model", design.model}, {"terms", noRestriction}};
  std::map<std::string, LinearConfig> kinds;
  Json linears = Json::array();
  for (const LinearInstance &linear : design.linears)
    linears.push_back(writeLinear(linear, options, folder, kinds));
  manifest["kinds"] = Json::array();
  for (const auto &[name, config] : kinds) {
    writeFile(folder / "kinds" / (name + ".sv"), kindModule(config));
    writeFile(folder / "kinds" / (name + ".h"), kindHeader(config));
    writeFile(folder / "synth" / (name + ".ys"), synthesisScript(config));
    manifest["kinds"].push_back(describeKind(config));
  }
  manifest["linears"] = linears;
  if (design.whole)
    writeModel(*design.whole, folder / "model");
  writeFile(folder / "manifest.json", manifest.dump(2) + '\n');
  out.commit();
}

} // namespace mase
