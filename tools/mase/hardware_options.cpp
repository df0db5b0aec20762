// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/hardware_options.h"

#include "mase/formats/registry.h"
#include "mase/ops/linear/hardware.h"
#include "mase/rtl/external_layout.h"
#include "mase/rtl/model_netlist.h"
#include "mase/runtime/activations.h"
#include "mase/runtime/edge_config.h"
#include "mase/runtime/format_config.h"
#include "mase/support/error.h"

#include <algorithm>
#include <fmt/format.h>

namespace mase::cli {
namespace {

constexpr int64_t simulatedMacs = 1024; // the largest tile that is simulated whole

/// The head of a classifier of a few classes is part of the whole model alone, which takes its sums: no block holds its
/// outputs, so it has none of the stream that a linear alone gives.
bool standsAlone(const Plan::LinearView &linear) { return linear.weight.rows % 32 == 0; }

std::vector<std::string> simulatedAtMappedTile(const ModelMap &map) {
  std::vector<const MappedLinear *> linears;
  const EmitOptions small;
  for (const MappedLinear &linear : map.linears) {
    const LinearConfig &config = linear.config;
    const bool isSmall = config.tileIn == small.simulationTileIn && config.tileOut == small.simulationTileOut;
    if (config.macsPerCycle() <= simulatedMacs && !isSmall)
      linears.push_back(&linear);
  }
  std::stable_sort(linears.begin(), linears.end(), [](const MappedLinear *a, const MappedLinear *b) {
    return a->config.macsPerCycle() < b->config.macsPerCycle();
  });
  std::vector<std::string> names;
  if (!linears.empty())
    for (size_t i : {size_t{0}, linears.size() / 2, linears.size() - 1})
      if (std::find(names.begin(), names.end(), linears[i]->name) == names.end())
        names.push_back(linears[i]->name);
  return names;
}

} // namespace

void addHardwareOptions(CLI::App &command, HardwareOptions &options, const char *objectiveName) {
  command.add_option("--device", options.device, "A name that mase devices lists, or a .toml file")->required();
  command
      .add_option(objectiveName, options.objective,
                  "prefill: least interval; decode: least latency; area: fewest LUTs, however slow")
      ->check(CLI::IsMember({"prefill", "decode", "area"}))
      ->capture_default_str();
  command
      .add_option("--map-part", options.part,
                  "model: all operators; linears: these alone, the others as small as keeps up with them")
      ->check(CLI::IsMember({"model", "linears"}))
      ->capture_default_str();
  command.add_option("--tile-limit", options.tileLimit, "Most products a cycle of one operator")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 20))
      ->capture_default_str();
  command.add_option("--share", options.share, "Part of the device that the design may take")
      ->check(CLI::Range(0.01, 1.0))
      ->capture_default_str();
  command.add_option("--clock", options.clockMhz, "MHz (default: the device's)")->check(CLI::Range(0.001, 10000.0));
  command.add_option("--output-format", options.output, "Format behind each linear's sum")->capture_default_str();
}

void readOutputs(HardwareOptions &options, const std::string &config, const Plan &plan) {
  if (!config.empty())
    options.outputs = linearOutputs(readFormatConfig(config), plan.slots());
}

namespace {

/// Linears as streams of their own; tiles are still to come.
std::vector<MappedLinear> linearsAlone(const HardwareOptions &options, const Plan &plan,
                                       const FormatAssignment &assignment) {
  const Format &output = parseFormat(options.output);
  std::vector<MappedLinear> linears;
  const std::vector<Plan::LinearView> views = plan.linears();
  for (size_t i = 0; i < views.size(); ++i) {
    const Plan::LinearView &linear = views[i];
    if (!standsAlone(linear))
      continue;
    const size_t slot = 2 * i;
    if (!assignment[slot]->hasIntegers() || !assignment[slot + 1]->hasIntegers())
      fail("linear '{}' reads {} and {} (hardware needs formats with integers: --format or --config)", linear.module,
           assignment[slot]->name(), assignment[slot + 1]->name());
    LinearConfig config;
    config.inFeatures = linear.weight.cols;
    config.outFeatures = linear.weight.rows;
    config.weight = assignment[slot];
    config.input = assignment[slot + 1];
    config.hasBias = !linear.bias.empty();
    const bool own = !options.outputs.empty() && options.outputs[i];
    config.output = own ? options.outputs[i] : &output;
    config.tileIn = config.tileOut = 1;
    checkLinearHardware(config);
    linears.push_back({linear.module, config});
  }
  return linears;
}

/// Linears as operators of a mapping; those that read the same value stand side by side.
std::vector<OperatorToMap> operatorsOf(const std::vector<MappedLinear> &linears, const Plan &plan) {
  std::vector<OperatorToMap> operators;
  int place = -1, read = -1;
  for (const MappedLinear &linear : linears)
    for (const GraphStep &step : plan.graph().steps)
      if (step.module == linear.name) {
        place += step.inputs[0] == read ? 0 : 1;
        read = step.inputs[0];
        const LinearConfig &c = linear.config;
        operators.push_back({linear.name, &step.op, {{c.input}, c.output, c.weight}, place, {}, -1});
      }
  return operators;
}

MapObjective objectiveOf(const std::string &name) {
  for (MapObjective objective : {MapObjective::Decode, MapObjective::Area})
    if (name == nameOf(objective))
      return objective;
  return MapObjective::Prefill;
}

} // namespace

ModelMap mapModel(const HardwareOptions &options, const Plan &plan, const FormatAssignment &assignment,
                  const EdgeFormats &edges) {
  ModelMap map;
  map.linears = linearsAlone(options, plan, assignment);
  const Device device = loadDevice(options.device);
  const MapOptions chosen = {objectiveOf(options.objective), options.share, options.clockMhz, options.tileLimit};
  try {
    map.whole = std::make_shared<const BitTruePlan>(plan.graph(), assignment, edges);
    if (options.part == "model") {
      map.report = mapModel(*map.whole, device, chosen);
      map.tiles = tilesOf(map.report, *map.whole);
    }
  } catch (const InputError &error) {
    fmt::print(stderr, "mase: note: only the linears have hardware: {}\n", error.what());
    map.whole = nullptr;
  }
  if (map.report.operators.empty()) {
    const std::vector<OperatorToMap> operators = operatorsOf(map.linears, plan);
    map.report = mapOperators(operators, device, chosen);
  }
  auto linear = map.linears.begin();
  for (const MappedOperator &op : map.report.operators)
    if (linear != map.linears.end() && op.name == linear->name) {
      linear->config.tileIn = op.tile.in;
      linear->config.tileOut = op.tile.out;
      linear->config.multiplier = op.tile.dsp ? Multiplier::Dsp : Multiplier::CarryRows;
      ++linear;
    }
  if (map.whole && map.tiles.empty()) {
    auto op = map.report.operators.begin();
    for (const GraphStep &step : plan.graph().steps) {
      map.tiles.push_back(smallestTile(step.op, static_cast<int64_t>(map.report.interval.value)));
      if (op != map.report.operators.end() && step.module == op->name)
        map.tiles.back() = (op++)->tile;
    }
  }
  return map;
}

namespace {

/// Tokens of a text of which a folder keeps what they make of each edge; a text that is classified is kept whole.
constexpr size_t recordedTokens = 8;

/// A table of which the head's words are off the chip stays on it for the embedding.
bool sharesTable(const BitTruePlan &plan, std::span<const std::string> externalPatterns) {
  const std::vector<std::string> names = edgeNames(plan.graph());
  for (size_t s = 0; s < names.size(); ++s)
    if (const std::optional<size_t> head = tiedHead(plan, s); head && isChosen(externalPatterns, names[*head]))
      return false;
  return true;
}

ModelDesign wholeModel(const ModelMap &map, const Plan &plan, const FormatAssignment &assignment,
                       const EdgeFormats &edges, std::span<const WindowView> texts, const std::string &name,
                       std::span<const std::string> externalPatterns) {
  const BitTruePlan &integers = *map.whole;
  const Netlist netlist = modelNetlist(integers, map.tiles, {.sharesTable = sharesTable(integers, externalPatterns)});
  ModelDesign design = {name, netlist, assignment, edges, plan.maxRows(), {}, {}};
  design.formats = writeEdgeConfig(plan.graph(), plan.slots(), assignment, edges);
  for (const WindowView &text : texts) {
    const size_t count = design.netlist.classifies ? text.inputs.size() : recordedTokens;
    for (int32_t id : text.inputs.first(std::min(text.inputs.size(), count)))
      design.tokens.push_back({id, true, false});
    design.tokens.back().last = true;
  }
  BitTrueSequence sequence(integers);
  design.expected = expectedBeats(design.netlist, integers, sequence, design.tokens);
  return design;
}

} // namespace

/// What streams through the port for each row.
std::string describeExternal(const Netlist &netlist) {
  const ExternalPort &port = netlist.external;
  if (port.instances.empty())
    return "";
  const int64_t bytes = externalBytesOfRow(netlist);
  return fmt::format(
      "external memory: {} linears, {} bytes a token, so one every {} cycles at most, at {} bytes a cycle\n",
      port.instances.size(), bytes, bytes / port.beatBytes(), port.beatBytes());
}

std::string emitModel(const ModelMap &map, Plan &plan, const FormatAssignment &assignment, const EdgeFormats &edges,
                      std::span<const WindowView> texts, int64_t rows, const std::string &modelName,
                      const std::filesystem::path &folder, const ExternalOptions &external, bool counters) {
  const RecordedInputs inputs = recordInputs(plan, assignment, texts[0].inputs, rows);
  const std::vector<Plan::LinearView> views = plan.linears();
  Design design = {modelName, {}, {}};
  auto mapped = map.linears.begin();
  for (size_t i = 0; i < views.size(); ++i)
    if (standsAlone(views[i])) {
      design.linears.push_back({mapped->name, mapped->config, views[i].weight, inputs.of(i), views[i].bias});
      ++mapped;
    }
  EmitOptions emit;
  emit.atMappedTile = simulatedAtMappedTile(map);
  if (map.whole)
    design.whole = wholeModel(map, plan, assignment, edges, texts, modelName, external.patterns);
  if (design.whole) {
    design.whole->netlist.counters = counters;
    placeExternal(design.whole->netlist, external.patterns, external.port, topName(modelName));
  } else if (!external.patterns.empty()) {
    fail("--external: only the linears are emitted, which have memories of their own (see the note)");
  }
  emitDesign(design, emit, folder);
  return design.whole ? describeExternal(design.whole->netlist) : "";
}

} // namespace mase::cli
