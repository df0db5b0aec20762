// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/map_operators.h"

#include "mase/formats/registry.h"
#include "mase/hardware/linear_area.h"
#include "mase/ops/edge/attention_cycles.h"
#include "mase/ops/edge/stream_cycles.h"
#include "mase/ops/linear/cycles.h"
#include "mase/ops/linear/hardware.h"
#include "mase/ops/linear/linear_module.h"
#include "mase/support/error.h"

#include <algorithm>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <list>
#include <nlohmann/json.hpp>
#include <optional>

namespace mase {
namespace {

using testing::HasSubstr;

/// Operators as a graph has them, without values but for ones: nothing here reads others.
class Operators {
public:
  OperatorToMap linear(const std::string &name, int64_t in, int64_t out, const char *format, int place = 0) {
    const Format &f = parseFormat(format);
    return add(name, {"linear", {}, {{"w", {nullptr, out, in}}}, {{1, in}}, 0}, {{&f}, &f, &f}, place);
  }
  OperatorToMap norm(const std::string &name, int64_t features, int place = 0) {
    ones_.resize(static_cast<size_t>(std::max<int64_t>(features, std::ssize(ones_))), 1.0F);
    return add(name, {"rms_norm", {{"epsilon", 1e-5}}, {{"w", {ones_.data(), 1, features}}}, {{1, features}}, 0},
               {{&parseFormat("mxint12")}, &parseFormat("mxint8"), nullptr}, place);
  }
  OperatorToMap sum(const std::string &name, int64_t features, int place = 0) {
    const Format &f = parseFormat("mxint12");
    return add(name, {"add", {}, {}, {{1, features}, {1, features}}, 0}, {{&f, &f}, &f, nullptr}, place);
  }
  /// Scores, softmax and values of a context of 64, heads of 16.
  std::vector<OperatorToMap> attention(int place = 0) {
    const Format &q = parseFormat("mxint8"), &score = parseFormat("fixed<24,14>"), &p = parseFormat("fixed<17,16>"),
                 &v = parseFormat("fixed<10,6>");
    std::vector<OperatorToMap> three = {
        add("scores", {"matmul", {{"transpose_rhs", true}, {"causal", true}}, {}, {{4, 16}, {2, 16}}, 64},
            {{&q, &q}, &score, nullptr}, place),
        add("softmax", {"softmax", {{"scale", 0.25}, {"causal", true}}, {}, {{4, -1}}, 64}, {{&score}, &p, nullptr},
            place),
        add("values", {"matmul", {{"causal", true}}, {}, {{4, -1}, {2, 16}}, 64}, {{&p, &v}, &q, nullptr}, place)};
    three[1].joinedTo = 0;
    three[2].joinedTo = 1;
    return three;
  }

private:
  OperatorToMap add(const std::string &name, OperatorDescription op, BitTrueFormats formats, int place) {
    return {name, &ops_.emplace_back(std::move(op)), std::move(formats), place, {}, -1};
  }
  std::list<OperatorDescription> ops_;
  std::vector<float> ones_;
};

// The linears of models/llama-stories-1m: hidden 128, intermediate 352, kv width 64, 6 layers, vocabulary 1024.
std::vector<OperatorToMap> storyLlama(Operators &from, const char *format = "mxint4") {
  std::vector<OperatorToMap> all;
  int place = 0;
  for (int layer = 0; layer < 6; ++layer, place += 4) {
    const std::string at = "model.layers." + std::to_string(layer) + ".";
    all.push_back(from.linear(at + "self_attn.q_proj", 128, 128, format, place));
    all.push_back(from.linear(at + "self_attn.k_proj", 128, 64, format, place));
    all.push_back(from.linear(at + "self_attn.v_proj", 128, 64, format, place));
    all.push_back(from.linear(at + "self_attn.o_proj", 128, 128, format, place + 1));
    all.push_back(from.linear(at + "mlp.gate_proj", 128, 352, format, place + 2));
    all.push_back(from.linear(at + "mlp.up_proj", 128, 352, format, place + 2));
    all.push_back(from.linear(at + "mlp.down_proj", 352, 128, format, place + 3));
  }
  all.push_back(from.linear("lm_head", 128, 1024, format, place));
  return all;
}

TEST(HardwareTiles, AreThoseOfS1SmallestFirst) {
  EXPECT_THAT(tileSizes(96), testing::ElementsAre(1, 2, 4, 8, 16, 32, 96));
  EXPECT_THAT(tileSizes(96, 16), testing::ElementsAre(1, 2, 4, 8, 16));
  Operators from;
  const OperatorToMap q = from.linear("q", 128, 64, "mxint8");
  const std::vector<HardwareTile> tiles = hardwareTiles(*q.op);
  EXPECT_EQ(std::ranges::count_if(tiles, [](const HardwareTile &t) { return !t.dsp; }), 8 * 7);
  for (const HardwareTile &tile : hardwareTiles(*q.op, 256))
    EXPECT_LE(tile.in * tile.out, 256);
  EXPECT_EQ(smallestTile(*q.op, 1 << 20), (HardwareTile{1, 1, 1}));
  EXPECT_EQ(smallestTile(*q.op, 1024), (HardwareTile{8, 1, 1}));
  EXPECT_EQ(smallestTile(*q.op, 100), (HardwareTile{32, 4, 1})); // 64 cycles; blocks of 32 inputs before wider ones
  for (const OperatorToMap &op : from.attention()) {
    const HardwareTile tile = smallestTile(*op.op, 64);
    EXPECT_EQ(tile.keys, 2) << op.name; // the mean of 64 positions is 32 keys, of four heads
    EXPECT_LE(hardwareCycles(*op.op, tile), 64);
  }
}

// What the mapping reads off a module's timing are the formulas of docs/streams.md.
TEST(RowCycles, AreTheStatedOnes) {
  Operators from;
  const auto cyclesOf = [](const OperatorToMap &op, const HardwareTile &tile, int64_t position = 0) {
    return rowCycles(shapeOf(op, tile), position, 0);
  };
  const OperatorToMap q = from.linear("q", 128, 64, "mxint8");
  for (const HardwareTile &tile : hardwareTiles(*q.op)) {
    LinearConfig config = linearConfigOf(shapeOf(q, {tile.in, tile.out, 1}));
    const RowCycles row = cyclesOf(q, {tile.in, tile.out, 1});
    EXPECT_EQ(row.interval, interval(config));
    EXPECT_EQ(row.latency, latency(config)) << tile.in << " x " << tile.out;
  }
  const OperatorToMap norm = from.norm("n", 64), sum = from.sum("a", 64);
  for (int tile : tileSizes(64)) {
    const StreamCycles n = normCycles(Centering::none, 64, tile, parseFormat("mxint8")),
                       a = addCycles(64, tile, parseFormat("mxint12"));
    EXPECT_EQ(cyclesOf(norm, {tile, tile, 1}).interval, n.interval);
    EXPECT_EQ(cyclesOf(norm, {tile, tile, 1}).latency, n.interval + n.latency);
    EXPECT_EQ(cyclesOf(sum, {tile, tile, 1}).interval, a.interval);
    EXPECT_EQ(cyclesOf(sum, {tile, tile, 1}).latency, a.interval + a.latency);
  }
  const OperatorToMap scores = from.attention()[0];
  const int64_t first[] = {0};
  const AttentionShape shape = {4, 2, 16, 4, 2, 64};
  EXPECT_NEAR(static_cast<double>(cyclesOf(scores, {4, 4, 2}).latency), static_cast<double>(scoresCycles(shape, first)),
              2);
  EXPECT_EQ(cyclesOf(scores, {4, 4, 2}, 63).interval, 4 * 32 * 4);
}

TEST(OperatorStage, ALinearHasEveryTileThatIsWorthIt) {
  Operators from;
  const OperatorStage stage = operatorStage(std::vector{from.linear("q", 128, 64, "mxint4")}, 4096);
  ASSERT_EQ(stage.tiles.size(), stage.stage.candidates.size());
  EXPECT_GT(stage.tiles.size(), 30u);
  for (size_t c = 0; c < stage.tiles.size(); ++c) {
    const Candidate &candidate = stage.stage.candidates[c];
    const HardwareTile &tile = stage.tiles[c][0];
    const int64_t macs = int64_t{tile.in} * tile.out;
    EXPECT_LE(macs, 4096);
    EXPECT_EQ(candidate.interval, 64 * 128 / macs);
    EXPECT_GT(candidate.latency, candidate.interval);
    EXPECT_FALSE(candidate.grows);
    EXPECT_GT(candidate.area.lut, (tile.dsp ? 3 : 10) * macs);
    EXPECT_EQ(candidate.area.dsp > 0, tile.dsp);
    EXPECT_EQ(candidate.memoryDepth, candidate.interval);
    EXPECT_GE(candidate.memoryWidth, 4 * macs + 8 * tile.out);
  }
}

TEST(OperatorStage, AttentionIsOneStageWithAsManyKeys) {
  Operators from;
  const std::vector<OperatorToMap> three = from.attention();
  const OperatorStage stage = operatorStage(three, 4096);
  bool ultra = false;
  for (size_t c = 0; c < stage.tiles.size(); ++c) {
    const StageTiles &tiles = stage.tiles[c];
    ASSERT_EQ(tiles.size(), 3u);
    EXPECT_EQ(tiles[0].keys, tiles[1].keys);
    EXPECT_EQ(tiles[1].keys, tiles[2].keys);
    const Candidate &candidate = stage.stage.candidates[c];
    Area area;
    int64_t slowest = 0;
    for (size_t m = 0; m < 3; ++m) {
      const HardwareModule module = shapeOf(three[m], tiles[m]);
      area += *predictedArea(module);
      slowest = std::max(slowest, rowCycles(module, 63, 0).interval);
    }
    EXPECT_EQ(candidate.interval, slowest);
    EXPECT_EQ(candidate.area, area);
    EXPECT_TRUE(candidate.grows);
    EXPECT_EQ(candidate.area.uram > 0, tiles[0].ultraRam || tiles[2].ultraRam);
    ultra |= tiles[0].ultraRam && tiles[2].ultraRam;
  }
  EXPECT_TRUE(ultra); // both caches may lie there
}

TEST(OperatorStage, CastsBehindAnOperatorCountWithIt) {
  Operators from;
  OperatorToMap sum = from.sum("a", 64);
  const std::vector<Candidate> plain = operatorStage(std::vector{sum}, 4096).stage.candidates;
  sum.readAs = {&parseFormat("mxint8")};
  const OperatorStage cast = operatorStage(std::vector{sum}, 4096);
  for (size_t c = 0; c < plain.size(); ++c) {
    const int64_t tile = cast.tiles[c][0].in;
    EXPECT_EQ(cast.stage.candidates[c].area,
              plain[c].area + *predictedArea(castModule(parseFormat("mxint12"), parseFormat("mxint8"), 64, tile)));
  }
}

TEST(OperatorStage, AModuleThatNothingPredictsIsNamed) {
  HardwareModule module;
  module.module = "mase_new";
  EXPECT_THAT(
      [&] { moduleArea("layers.0.new", module); },
      testing::ThrowsMessage<InputError>("layers.0.new: nothing predicts the area of 'mase_new' (a model in its "
                                         "operator's folder would: docs/synthesis.md)"));
}

/// The slow, obvious reference: every tile of every operator, every memory.
struct Least {
  std::optional<double> interval;
  std::optional<int64_t> latency, lut;
};
Least everyMapping(const std::vector<std::vector<OperatorToMap>> &stages, const Area &budget, int64_t most) {
  struct Partial {
    Area area;
    int64_t fixed = 0, growing = 0, latency = 0;
  };
  std::vector<Partial> all = {{}};
  for (const std::vector<OperatorToMap> &operators : stages) {
    const OperatorStage stage = operatorStage(operators, most);
    std::vector<Partial> next;
    for (const Partial &p : all)
      for (const Candidate &c : stage.stage.candidates)
        for (MemoryKind memory : memoryKinds(c)) {
          Partial q = p;
          q.area += areaOf(c, memory);
          (c.grows ? q.growing : q.fixed) = std::max(c.grows ? q.growing : q.fixed, c.interval);
          q.latency += c.latency;
          if (q.area.fits(budget))
            next.push_back(q);
        }
    all = std::move(next);
  }
  Least least;
  for (const Partial &p : all) {
    const double interval = std::ceil(meanInterval(p.fixed, p.growing));
    least.interval = std::min(least.interval.value_or(interval), interval);
    least.latency = std::min(least.latency.value_or(p.latency), p.latency);
    least.lut = std::min(least.lut.value_or(p.area.lut), p.area.lut);
  }
  return least;
}

TEST(MapOperators, SolversAgreeWithEveryMapping) {
  Operators from;
  std::vector<OperatorToMap> all = {from.norm("norm", 32, 0), from.linear("q", 32, 32, "mxint8", 1)};
  std::vector<OperatorToMap> attention = from.attention(2);
  attention[1].joinedTo = 2, attention[2].joinedTo = 3;
  all.insert(all.end(), attention.begin(), attention.end());
  Device device = loadDevice("kv260");
  int fit = 0, unfit = 0;
  for (const Area &budget : {Area{9000, 20000, 200, 12, 2}, Area{5000, 20000, 60, 3, 6}, Area{4400, 20000, 40, 8, 0},
                             Area{4400, 20000, 40, 3, 0}}) {
    device.resources = budget;
    const Least least = everyMapping({{all[0]}, {all[1]}, attention}, budget, 16);
    for (MapObjective objective : {MapObjective::Prefill, MapObjective::Decode, MapObjective::Area}) {
      MapOptions options;
      options.objective = objective;
      options.tileLimit = 16;
      if (!least.lut) {
        ++unfit;
        EXPECT_THROW(mapOperators(all, device, options), CheckError);
        continue;
      }
      ++fit;
      const MapReport report = mapOperators(all, device, options);
      EXPECT_LE(report.lut.value, static_cast<double>(budget.lut));
      EXPECT_LE(report.dsp.value, static_cast<double>(budget.dsp));
      EXPECT_LE(report.bram.value, static_cast<double>(budget.bram));
      EXPECT_LE(report.uram.value, static_cast<double>(budget.uram));
      if (objective == MapObjective::Prefill)
        EXPECT_EQ(report.interval.value, *least.interval);
      else if (objective == MapObjective::Decode)
        EXPECT_EQ(report.latency.value, static_cast<double>(*least.latency));
      else
        EXPECT_EQ(report.minimised, *least.lut);
      EXPECT_TRUE(report.exact);
      for (const MappedOperator &op : report.operators)
        EXPECT_LE(op.tile.in * (op.op == "linear" ? op.tile.out : op.tile.keys), 16) << op.name;
      EXPECT_EQ(report.operators[2].tile.keys, report.operators[4].tile.keys);
    }
  }
  EXPECT_GT(fit, 5);
  EXPECT_GT(unfit, 2);
}

TEST(MapOperators, StoryLlamaOnKv260) {
  Operators from;
  const MapReport report = mapOperators(storyLlama(from), loadDevice("kv260"));
  EXPECT_TRUE(report.exact);
  EXPECT_GE(report.interval.value, 256);
  EXPECT_LE(report.interval.value, 704);
  EXPECT_LE(report.lut.value, 117120);
  EXPECT_LE(report.bram.value, 144);
  EXPECT_LE(report.uram.value, 64);
  EXPECT_GT(report.dsp.value, 0);
  EXPECT_LE(report.dsp.value, 1248);
  EXPECT_GT(report.lut.error, 0);
  EXPECT_LE(report.lut.error, 0.15);
  EXPECT_EQ(report.bram.error, 0);
  EXPECT_DOUBLE_EQ(report.tokensPerSecond.value, 200e6 / report.interval.value);
}

TEST(MapOperators, DspsSaveLuts) {
  Operators from;
  Device device = loadDevice("kv260"), without = device;
  without.resources.dsp = 0;
  const MapReport with = mapOperators(storyLlama(from, "mxint8"), device),
                  alone = mapOperators(storyLlama(from, "mxint8"), without);
  EXPECT_LE(with.interval.value, alone.interval.value);
  EXPECT_LT(with.lut.value, alone.lut.value);
  EXPECT_EQ(alone.dsp.value, 0);
  EXPECT_GT(with.dsp.value, 500);
}

TEST(MapOperators, DecodeIsAnotherOptimum) {
  Operators from;
  const Device device = loadDevice("kv260");
  MapOptions decode, area;
  decode.objective = MapObjective::Decode;
  area.objective = MapObjective::Area;
  const std::vector<OperatorToMap> all = storyLlama(from);
  const MapReport forPrefill = mapOperators(all, device), forDecode = mapOperators(all, device, decode),
                  smallest = mapOperators(all, device, area);
  EXPECT_LT(forDecode.latency.value, forPrefill.latency.value);
  EXPECT_GT(forDecode.interval.value, forPrefill.interval.value);
  EXPECT_LE(static_cast<double>(forDecode.bound), forDecode.latency.value);
  EXPECT_LT(forDecode.latency.value, 1.02 * static_cast<double>(forDecode.bound)); // how good, proved by the bound
  EXPECT_LT(smallest.lut.value, 0.3 * forPrefill.lut.value);
  EXPECT_GT(smallest.interval.value, 10 * forPrefill.interval.value);
}

TEST(MapOperators, TheReportIsOneObject) {
  Operators from;
  MapReport report = mapOperators(storyLlama(from), loadDevice("u250"));
  addParts(report, {{"resize", 2, {10, 20, 0, 1, 0}, {0.5, 0.5}}});
  const nlohmann::ordered_json json = toJson(report);
  for (const char *key : {"lut", "dsp", "bram", "uram", "interval", "latency", "tokens_per_second"}) {
    ASSERT_TRUE(json.contains(key)) << key;
    EXPECT_TRUE(json[key]["value"].is_number()) << key;
    EXPECT_TRUE(json[key]["error"].is_number()) << key;
  }
  ASSERT_EQ(json["operators"].size(), 43u);
  int64_t luts = 10;
  for (const auto &row : json["operators"])
    luts += row["lut"].get<int64_t>();
  EXPECT_EQ(static_cast<double>(luts), json["lut"]["value"].get<double>());
  EXPECT_EQ(json["operators"][42]["name"], "lm_head");
  EXPECT_EQ(json["parts"][0]["count"], 2);
  EXPECT_TRUE(json["cycles"].is_null());
  EXPECT_THAT(table(report), HasSubstr("model.layers.*.self_attn.o_proj"));
  EXPECT_THAT(describe(report), HasSubstr("43 operators on u250: LUT "));
  EXPECT_THAT(tableOfKinds(report), HasSubstr("\n  linear                  43 "));
  EXPECT_THAT(tableOfKinds(report), HasSubstr(fmt::format("\n  sum                        {:>8} ", report.lut.value)));
  setCycles(report, {64, 12.5, 900, 321, 300});
  EXPECT_EQ(toJson(report)["latency"]["value"], 321);
  EXPECT_EQ(toJson(report)["interval"]["value"], 12.5);
  EXPECT_THAT(describe(report), HasSubstr("a prompt of 64 tokens takes 900 cycles; the first token alone 300"));
}

TEST(MapOperators, Faults) {
  Operators from;
  const auto errorOf = [](const std::vector<OperatorToMap> &operators, MapOptions options) -> std::string {
    try {
      mapOperators(operators, loadDevice("arty-a7-35"), options);
    } catch (const std::runtime_error &error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(errorOf({}, {}), "the model has no operator to map onto 'arty-a7-35'");
  MapOptions backwards;
  backwards.clockMhz = -1;
  EXPECT_EQ(errorOf(storyLlama(from), backwards), "clock -1 MHz is not positive");
  EXPECT_THAT(errorOf(storyLlama(from, "mxint8"), {}), HasSubstr("nothing fits: "));
  EXPECT_THAT(errorOf({from.linear("q", 64, 64, "fp32")}, {}), HasSubstr("q: "));
  OperatorToMap pool = from.sum("unknown", 64);
  OperatorDescription none = *pool.op;
  none.name = "cross_entropy";
  pool.op = &none;
  EXPECT_THAT(errorOf({pool}, {}), HasSubstr("operator 'cross_entropy' has no hardware"));
}

} // namespace
} // namespace mase
