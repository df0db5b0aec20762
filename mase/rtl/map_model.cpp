// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/map_model.h"

#include "mase/ops/registry.h"
#include "mase/rtl/channel_depths.h"
#include "mase/rtl/model_netlist.h"
#include "mase/support/error.h"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>
#include <map>
#include <set>

namespace mase {
namespace {

constexpr int kMostRounds = 8, kFinerRounds = 3;

bool saysTiming(const Netlist &netlist) {
  return std::all_of(netlist.instances.begin(), netlist.instances.end(),
                     [](const NetInstance &instance) { return instance.module.timing.isKnown(); });
}

/// FIFOs as deep as a workload fills them, and one beat: a little more than modelNetlist() leaves of them.
void trimDepths(Netlist &netlist, int64_t context) {
  std::vector<int64_t> depths;
  for (const NetChannel &channel : netlist.channels)
    depths.push_back(channel.depth);
  const DepthCycles cycles = depthCycles(netlist, depthWorkload(netlist, context), depths);
  for (size_t c = 0; c < depths.size(); ++c)
    if (depths[c] > 0)
      netlist.channels[c].depth = std::min(depths[c], std::max(leastFifo, cycles.mostFill[c] + 1));
}

/// Of a classifier's texts.
MapCycles cyclesOfTexts(const Netlist &netlist, int64_t context) {
  const auto results = [&](int64_t tokens, int64_t texts) {
    DataflowSimulation simulation(netlist);
    for (int64_t t = 0; t < texts; ++t)
      for (int64_t position = 0; position < tokens; ++position)
        simulation.feed(position, position + 1 == tokens, position + 1 == tokens);
    simulation.runUntil(texts);
    return simulation.results();
  };
  const std::vector<int64_t> two = results(context, 2);
  return {.context = context,
          .interval = static_cast<double>(two[1] - two[0]) / static_cast<double>(context),
          .prompt = two[0] + 1,
          .latency = results(std::max<int64_t>(1, context / 2), 1)[0] + 1,
          .firstLatency = results(1, 1)[0] + 1,
          .classifies = true};
}

/// Of a full context, and of tokens alone.
MapCycles cyclesOf(const Netlist &netlist, int64_t context) {
  if (netlist.classifies)
    return cyclesOfTexts(netlist, context);
  const auto alone = [&](int64_t position) {
    DataflowSimulation one(netlist);
    one.feed(position, true);
    return one.runUntil(1) ? one.cycle() : 0;
  };
  MapCycles result;
  result.context = context;
  result.firstLatency = alone(0);
  result.latency = alone(context / 2);
  DataflowSimulation prompt(netlist);
  for (int64_t position = 0; position < context; ++position)
    prompt.feed(position, true);
  prompt.runUntil(context);
  result.prompt = prompt.cycle();
  const std::vector<int64_t> &results = prompt.results();
  if (context > 1)
    result.interval = static_cast<double>(results.back() - results.front()) / static_cast<double>(context - 1);
  return result;
}

Area areaOf(const std::vector<MappedPart> &parts) {
  Area area;
  for (const MappedPart &part : parts)
    if (part.name != "cast") // each operator has its own in mind
      area += part.area;
  return area;
}

Area half(const Area &a, const Area &b) {
  return {(a.lut + b.lut) / 2, (a.ff + b.ff) / 2, (a.dsp + b.dsp) / 2, (a.bram + b.bram) / 2, (a.uram + b.uram) / 2};
}

bool isBetter(const MapReport &a, const MapReport &b) {
  return std::pair(a.minimised, a.lut.value) < std::pair(b.minimised, b.lut.value);
}

bool fits(const MapReport &report) {
  const auto within = [](const Figure &figure, int64_t budget) { return figure.value <= static_cast<double>(budget); };
  return within(report.lut, report.budget.lut) && within(report.ff, report.budget.ff) &&
         within(report.dsp, report.budget.dsp) && within(report.bram, report.budget.bram) &&
         within(report.uram, report.budget.uram);
}

} // namespace

OperatorsToMap operatorsOf(const BitTruePlan &plan) {
  const Graph &graph = plan.graph();
  const std::vector<std::string> names = edgeNames(graph);
  OperatorsToMap result;
  std::vector<int> writer(graph.values.size(), -1); // the operator behind a value
  std::vector<int> first;                           // of an operator, the first of its stage
  const auto readsAs = [&](int value, const Format *format) {
    const int from = writer[static_cast<size_t>(value)];
    if (from < 0)
      return;
    OperatorToMap &op = result.operators[static_cast<size_t>(from)];
    if (format != op.formats.output && std::find(op.readAs.begin(), op.readAs.end(), format) == op.readAs.end())
      op.readAs.push_back(format);
  };
  for (size_t s = 0; s < graph.steps.size(); ++s) {
    const GraphStep &step = graph.steps[s];
    int &own = writer[static_cast<size_t>(step.output)];
    const bool isView = findOperator(step.op.name)->kind == OperatorEntry::Kind::view;
    if (!isView)
      for (size_t i = 0; i < step.inputs.size(); ++i)
        readsAs(step.inputs[i], plan.formats(s).inputs[i]);
    if (isView || !hardwareEntry(step.op.name).make) {
      own = writer[static_cast<size_t>(step.inputs[0])];
      continue;
    }
    OperatorToMap op = {names[s], &step.op, plan.formats(s), 0, {}, -1};
    if (const std::optional<size_t> head = tiedHead(plan, s))
      op.head = TiedHead{&graph.steps[*head].op, plan.formats(*head)};
    own = static_cast<int>(result.operators.size());
    int root = own;
    for (size_t i = 0; i < step.inputs.size(); ++i)
      if (const int before = writer[static_cast<size_t>(step.inputs[i])];
          before >= 0 && step.op.inputs[i].cols < 0) { // beats of keys
        op.joinedTo = before;
        root = first[static_cast<size_t>(before)];
      }
    first.push_back(root);
    result.operators.push_back(op);
    result.steps.push_back(s);
    for (const int input : step.inputs) {
      const int before = writer[static_cast<size_t>(input)];
      if (before < 0)
        continue;
      const int other = first[static_cast<size_t>(before)];
      int &place = result.operators[static_cast<size_t>(root)].place;
      if (other != root)
        place = std::max(place, result.operators[static_cast<size_t>(other)].place + 1);
    }
  }
  return result;
}

std::vector<HardwareTile> tilesOf(const MapReport &report, const BitTruePlan &plan) {
  const OperatorsToMap all = operatorsOf(plan);
  assert(all.steps.size() == report.operators.size());
  std::vector<HardwareTile> tiles(plan.graph().steps.size());
  for (size_t i = 0; i < all.steps.size(); ++i)
    tiles[all.steps[i]] = report.operators[i].tile;
  return tiles;
}

std::vector<MappedPart> partsBeside(const Netlist &netlist, const BitTruePlan &plan) {
  const std::vector<std::string> edges = edgeNames(plan.graph());
  const std::set<std::string> operators(edges.begin(), edges.end());
  std::map<std::string, MappedPart> parts;
  for (const NetInstance &instance : netlist.instances) {
    if (operators.contains(instance.name))
      continue;
    const std::string &module = instance.module.module;
    MappedPart &part = parts[module];
    part.name = module.starts_with("mase_") ? module.substr(5) : module;
    part.error = areaError(instance.module);
    ++part.count;
    if (const std::optional<Area> area = predictedArea(instance.module))
      part.area += *area;
  }
  std::vector<MappedPart> result;
  for (const auto &[module, part] : parts)
    result.push_back(part);
  HardwareModule fifo;
  fifo.module = "mase_row_fifo";
  result.push_back({"fifo", 0, {}, areaError(fifo)});
  for (const NetChannel &channel : netlist.channels)
    if (channel.depth > 0) {
      ++result.back().count;
      result.back().area += fifoArea(
          netlist.instances[static_cast<size_t>(channel.from)].module.results[channel.output].bits(), channel.depth);
    }
  return result;
}

MapReport mapModel(const BitTruePlan &plan, const Device &device, const MapOptions &options) {
  const OperatorsToMap all = operatorsOf(plan);
  // What joins the operators depends on their tiles, so what is kept for it is searched: too little, and the whole does
  // not fit; too much, and the operators do not.
  Area kept, tooLittle;
  std::optional<Area> tooMuch;
  std::optional<MapReport> best;
  Netlist netlist, bestNetlist;
  std::string fault;
  int finer = kFinerRounds;
  for (int round = 0; round < kMostRounds && finer > 0; ++round) {
    try {
      MapReport report = mapOperators(all.operators, device, options, kept);
      netlist = modelNetlist(plan, tilesOf(report, plan), {false, false});
      if (saysTiming(netlist))
        trimDepths(netlist, plan.graph().maxRows);
      addParts(report, partsBeside(netlist, plan));
      const Area parts = areaOf(report.parts);
      if (fits(report)) {
        if (parts.fits(kept) && kept.fits(parts))
          finer = 0;
        kept = parts; // what was too much of it may serve the operators
        if (best && !isBetter(report, *best))
          break;
        best = std::move(report);
        bestNetlist = std::move(netlist);
        --finer;
        continue;
      }
      if (best)
        break;
      fault = fmt::format("nothing fits: with what joins them the operators take {} LUT of {} and {} BRAM of {}",
                          report.lut.value, report.budget.lut, report.bram.value, report.budget.bram);
      tooLittle = kept;
      kept = parts;
    } catch (const CheckError &error) {
      if (round == 0)
        throw;
      if (best)
        break;
      fault =
          fmt::format("{} (what joins the operators takes {} LUT and {} BRAM more)", error.what(), kept.lut, kept.bram);
      tooMuch = kept;
    }
    if (tooMuch)
      kept = half(tooLittle, *tooMuch);
  }
  if (!best)
    throw CheckError(fault);
  if (saysTiming(bestNetlist))
    setCycles(*best, cyclesOf(bestNetlist, plan.graph().maxRows));
  return std::move(*best);
}

} // namespace mase
