// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/hardware_options.h"

#include "mase/formats/registry.h"
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

std::vector<std::string> simulatedAtMappedTile(const MapReport &map) {
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

std::string withError(const Figure &figure) {
  return figure.error > 0 ? fmt::format("{:.0f} +-{:.0f} %", figure.value, 100 * figure.error)
                          : fmt::format("{:.0f}", figure.value);
}

} // namespace

void addHardwareOptions(CLI::App &command, HardwareOptions &options, const char *objectiveName) {
  command.add_option("--device", options.device, "A name that mase devices lists, or a .toml file")->required();
  command.add_option(objectiveName, options.objective, "prefill: least interval; decode: least latency")
      ->check(CLI::IsMember({"prefill", "decode"}))
      ->capture_default_str();
  command.add_option("--share", options.share, "Part of the device that the linears may take")
      ->check(CLI::Range(0.01, 1.0))
      ->capture_default_str();
  command.add_option("--clock", options.clockMhz, "MHz (default: the device's)")->check(CLI::Range(0.001, 10000.0));
  command.add_option("--output-format", options.output, "Format behind each linear's sum")->capture_default_str();
}

void readOutputs(HardwareOptions &options, const std::string &config, const Plan &plan) {
  if (!config.empty())
    options.outputs = linearOutputs(readFormatConfig(config), plan.slots());
}

MapReport mapModel(const HardwareOptions &options, const Plan &plan, const FormatAssignment &assignment) {
  const Format &output = parseFormat(options.output);
  std::vector<LinearToMap> linears;
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
    linears.push_back({linear.module, config, std::to_string(linear.reads)});
  }
  MapOptions map = {options.objective == "decode" ? MapObjective::Decode : MapObjective::Prefill, options.share,
                    options.clockMhz};
  return mapLinears(linears, loadDevice(options.device), map);
}

namespace {

/// Tokens of a text of which a folder keeps what they make of each edge; a text that is classified is kept whole.
constexpr size_t recordedTokens = 8;

ModelDesign wholeModel(const MapReport &map, const Plan &plan, const FormatAssignment &assignment,
                       const EdgeFormats &edges, std::span<const WindowView> texts, const std::string &name) {
  const BitTruePlan integers(plan.graph(), assignment, edges);
  std::vector<HardwareTile> tiles;
  auto linear = map.linears.begin();
  for (const GraphStep &step : plan.graph().steps) {
    tiles.push_back(smallestTile(step.op, static_cast<int64_t>(map.interval.value)));
    if (linear != map.linears.end() && step.module == linear->name) {
      tiles.back() = {linear->config.tileIn, linear->config.tileOut, 1, linear->config.multiplier == Multiplier::Dsp};
      ++linear;
    }
  }
  ModelDesign design = {name, modelNetlist(integers, tiles), assignment, edges, plan.maxRows(), {}, {}};
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

std::string emitModel(const MapReport &map, Plan &plan, const FormatAssignment &assignment, const EdgeFormats &edges,
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
  try {
    design.whole = wholeModel(map, plan, assignment, edges, texts, modelName);
    design.whole->netlist.counters = counters;
  } catch (const InputError &error) {
    if (!external.patterns.empty())
      throw; // there is nothing to take them from
    fmt::print(stderr, "mase: note: only the linears are emitted: {}\n", error.what());
  }
  if (design.whole)
    placeExternal(design.whole->netlist, external.patterns, external.port, topName(modelName));
  emitDesign(design, emit, folder);
  return design.whole ? describeExternal(design.whole->netlist) : "";
}

std::string describe(const MapReport &map) {
  return fmt::format("{} linears on {}: LUT {} of {}, DSP {} of {}, BRAM36 {} of {}, URAM {} of {}\n"
                     "prefill: a token every {:.0f} cycles; decode: {:.0f} cycles through the linears; at {:.0f} MHz "
                     "{:.0f} tokens/s{}\n",
                     map.linears.size(), map.device, withError(map.lut), map.budget.lut, withError(map.dsp),
                     map.budget.dsp, withError(map.bram), map.budget.bram, withError(map.uram), map.budget.uram,
                     map.interval.value, map.latency.value, map.clockMhz, map.tokensPerSecond.value,
                     map.exact ? "" : fmt::format(" (at least {} cycles in any mapping)", map.bound));
}

} // namespace mase::cli
