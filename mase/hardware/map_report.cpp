// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A mapping as JSON, and for a person.
#include "mase/hardware/map_operators.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace mase {
namespace {

using Json = nlohmann::ordered_json;

Json json(const Figure &figure) { return {{"value", figure.value}, {"error", figure.error}}; }

Json json(const Area &area) {
  return {{"lut", area.lut}, {"ff", area.ff}, {"dsp", area.dsp}, {"bram", area.bram}, {"uram", area.uram}};
}

std::string withError(const Figure &figure) {
  return figure.error > 0 ? fmt::format("{:.0f} +-{:.0f} %", figure.value, 100 * figure.error)
                          : fmt::format("{:.0f}", figure.value);
}

/// A name with its layer's number left out.
std::string patternOf(const std::string &name) {
  std::string pattern;
  for (size_t i = 0; i < name.size(); ++i) {
    const bool isNumber = std::isdigit(static_cast<unsigned char>(name[i])) != 0;
    if (isNumber && !pattern.empty() && pattern.back() == '*')
      continue;
    pattern += isNumber && (i == 0 || name[i - 1] == '.') ? '*' : name[i];
  }
  return pattern;
}

std::string tileText(const HardwareTile &tile) {
  std::string text = tile.in == tile.out ? fmt::format("{}", tile.in) : fmt::format("{}x{}", tile.in, tile.out);
  if (tile.keys > 1)
    text += fmt::format(" k{}", tile.keys);
  return text + (tile.dsp ? " dsp" : "");
}

/// Operators that agree but for their layer.
struct Line {
  const MappedOperator *op = nullptr;
  std::string name;
  int64_t count = 0;
};

std::vector<Line> linesOf(const MapReport &report) {
  std::vector<Line> lines;
  for (const MappedOperator &op : report.operators) {
    const std::string name = patternOf(op.name);
    const auto same = std::find_if(lines.begin(), lines.end(), [&](const Line &line) {
      return line.name == name && line.op->kind == op.kind && line.op->memory == op.memory &&
             line.op->area == op.area && line.op->op == op.op;
    });
    if (same == lines.end())
      lines.push_back({&op, name, 1});
    else
      ++same->count;
  }
  return lines;
}

std::string areaText(const Area &area) {
  return fmt::format("{:>8} {:>5} {:>5} {:>5}", area.lut, area.dsp, area.bram, area.uram);
}

Area times(const Area &area, int64_t count) {
  return {area.lut * count, area.ff * count, area.dsp * count, area.bram * count, area.uram * count};
}

} // namespace

std::string_view nameOf(MapObjective objective) {
  constexpr std::string_view names[] = {"prefill", "decode", "area"};
  return names[static_cast<int>(objective)];
}

Json toJson(const MapReport &report) {
  Json result;
  result["device"] = report.device;
  result["objective"] = nameOf(report.objective);
  result["clock_mhz"] = report.clockMhz;
  result["lut"] = json(report.lut);
  result["ff"] = json(report.ff);
  result["dsp"] = json(report.dsp);
  result["bram"] = json(report.bram);
  result["uram"] = json(report.uram);
  result["interval"] = json(report.interval);
  result["latency"] = json(report.latency);
  result["tokens_per_second"] = json(report.tokensPerSecond);
  result["budget"] = json(report.budget);
  result["minimised"] = report.minimised;
  result["bound"] = report.bound;
  result["exact"] = report.exact;
  result["operators"] = Json::array();
  for (const MappedOperator &op : report.operators) {
    Json row = {{"name", op.name},
                {"operator", op.op},
                {"kind", op.kind},
                {"tile", {op.tile.in, op.tile.out}},
                {"keys", op.tile.keys},
                {"multiplier", op.tile.dsp ? "dsp" : "carry rows"},
                {"memory", nameOf(op.memory)},
                {"interval", op.interval},
                {"latency", op.latency}};
    row.update(json(op.area));
    result["operators"].push_back(std::move(row));
  }
  result["parts"] = Json::array();
  for (const MappedPart &part : report.parts) {
    Json row = {{"name", part.name}, {"count", part.count}};
    row.update(json(part.area));
    result["parts"].push_back(std::move(row));
  }
  result["cycles"] = nullptr;
  if (report.cycles)
    result["cycles"] = {{"context", report.cycles->context},
                        {"interval", report.cycles->interval},
                        {"prompt", report.cycles->prompt},
                        {"latency", report.cycles->latency},
                        {"first_latency", report.cycles->firstLatency}};
  return result;
}

std::string describe(const MapReport &map) {
  const double perSecond = map.clockMhz * 1e6;
  const bool classifies = map.cycles && map.cycles->classifies;
  std::string text =
      fmt::format("{} operators on {}: LUT {} of {}, DSP {} of {}, BRAM36 {} of {}, URAM {} of {}\n"
                  "{} every {:.1f} cycles; {} in {:.0f} cycles; at {:.0f} MHz {:.0f} and {:.0f} {}\n",
                  map.operators.size(), map.device, withError(map.lut), map.budget.lut, withError(map.dsp),
                  map.budget.dsp, withError(map.bram), map.budget.bram, withError(map.uram), map.budget.uram,
                  classifies ? "texts one behind the other: a token" : "prefill: a token", map.interval.value,
                  classifies ? "alone: half a context" : "decode: a token", map.latency.value, map.clockMhz,
                  perSecond / map.interval.value, perSecond / map.latency.value, classifies ? "a second" : "tokens/s");
  if (classifies)
    text +=
        fmt::format("by simulation of the dataflow: a text of {} tokens takes {} cycles, one of a single token {}\n",
                    map.cycles->context, map.cycles->prompt, map.cycles->firstLatency);
  else if (map.cycles)
    text +=
        fmt::format("by simulation of the dataflow: a prompt of {} tokens takes {} cycles; the first token alone {}, "
                    "one in the middle {}\n",
                    map.cycles->context, map.cycles->prompt, map.cycles->firstLatency, map.cycles->latency);
  if (!map.exact)
    text += fmt::format("the objective, {}, is {}; no mapping has less than {}\n", nameOf(map.objective), map.minimised,
                        map.bound);
  return text;
}

std::string table(const MapReport &report) {
  std::string text = fmt::format("  {:<44} {:<20} {:>4} {:>12} {:>8} {:>8} {:>8} {:>5} {:>5} {:>5} {}\n", "operators",
                                 "", "", "tile", "interval", "latency", "LUT", "DSP", "BRAM", "URAM", "memory");
  for (const Line &line : linesOf(report))
    text += fmt::format("  {:<44} {:<20} {:>4} {:>12} {:>8} {:>8} {} {}\n", line.name, line.op->op, line.count,
                        tileText(line.op->tile), line.op->interval, line.op->latency,
                        areaText(times(line.op->area, line.count)),
                        line.op->memory == MemoryKind::None ? "" : nameOf(line.op->memory));
  for (const MappedPart &part : report.parts)
    text += fmt::format("  {:<44} {:<20} {:>4} {:>12} {:>8} {:>8} {}\n", "", part.name, part.count, "", "", "",
                        areaText(part.area));
  return text;
}

std::string tableOfKinds(const MapReport &report) {
  std::vector<MappedPart> kinds;
  for (const MappedOperator &op : report.operators) {
    auto same = std::find_if(kinds.begin(), kinds.end(), [&](const MappedPart &kind) { return kind.name == op.op; });
    if (same == kinds.end())
      same = kinds.insert(kinds.end(), {op.op, 0, {}, {}});
    ++same->count;
    same->area += op.area;
  }
  kinds.insert(kinds.end(), report.parts.begin(), report.parts.end());
  std::stable_sort(kinds.begin(), kinds.end(),
                   [](const MappedPart &a, const MappedPart &b) { return a.area.lut > b.area.lut; });
  std::string text =
      fmt::format("  {:<20} {:>5} {:>8} {:>8} {:>5} {:>5} {:>5}\n", "operator", "", "LUT", "FF", "DSP", "BRAM", "URAM");
  Area sum;
  const auto line = [&](const std::string &name, const std::string &count, const Area &area) {
    text += fmt::format("  {:<20} {:>5} {:>8} {:>8} {:>5} {:>5} {:>5}\n", name, count, area.lut, area.ff, area.dsp,
                        area.bram, area.uram);
  };
  for (const MappedPart &kind : kinds) {
    line(kind.name, fmt::format("{}", kind.count), kind.area);
    sum += kind.area;
  }
  line("sum", "", sum);
  return text;
}

} // namespace mase
