// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/map_linears.h"

#include "mase/formats/registry.h"
#include "mase/hardware/linear_area.h"
#include "mase/hardware/linear_stage.h"
#include "mase/ops/linear/hardware.h"
#include "mase/support/error.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace mase {
namespace {

LinearConfig linear(int64_t out, int64_t in, const char *format = "mxint4") {
  LinearConfig config;
  config.inFeatures = in;
  config.outFeatures = out;
  config.input = config.weight = config.output = &parseFormat(format);
  return config;
}

// The linears of models/llama-stories-1m: hidden 128, intermediate 352, kv width 64, 6 layers, vocabulary 1024.
std::vector<LinearToMap> storyLlama(const char *format = "mxint4") {
  std::vector<LinearToMap> all;
  for (int layer = 0; layer < 6; ++layer) {
    std::string at = "model.layers." + std::to_string(layer) + ".";
    all.push_back({at + "self_attn.q_proj", linear(128, 128, format), at + "a"});
    all.push_back({at + "self_attn.k_proj", linear(64, 128, format), at + "a"});
    all.push_back({at + "self_attn.v_proj", linear(64, 128, format), at + "a"});
    all.push_back({at + "self_attn.o_proj", linear(128, 128, format), ""});
    all.push_back({at + "mlp.gate_proj", linear(352, 128, format), at + "m"});
    all.push_back({at + "mlp.up_proj", linear(352, 128, format), at + "m"});
    all.push_back({at + "mlp.down_proj", linear(128, 352, format), ""});
  }
  all.push_back({"lm_head", linear(1024, 128, format), ""});
  return all;
}

TEST(LinearStage, HasEveryLegalTile) {
  EXPECT_THAT(legalTileSizes(96), testing::ElementsAre(1, 2, 4, 8, 16, 32, 96));
  Stage stage = linearStage("q", linear(64, 128));
  auto rows = [](const Candidate &c) { return c.multiplier == Multiplier::CarryRows; };
  EXPECT_EQ(std::ranges::count_if(stage.candidates, rows), 8 * 7 - 1); // in 1..32, 64, 128; out 1..32, 64; not 128 x 64
  for (const Candidate &candidate : stage.candidates) {
    int64_t macs = int64_t{candidate.tileIn} * candidate.tileOut;
    EXPECT_EQ(candidate.interval, 64 * 128 / macs);
    EXPECT_GT(candidate.latency, candidate.interval);
    EXPECT_GT(candidate.area.lut, (rows(candidate) ? 10 : 3) * macs);
    EXPECT_EQ(candidate.area.dsp > 0, !rows(candidate));
    EXPECT_EQ(candidate.memoryDepth, candidate.interval);
    EXPECT_GE(candidate.memoryWidth, 4 * macs + 8 * candidate.tileOut);
  }
}

TEST(MapLinears, StoryLlamaOnKv260) {
  MapReport report = mapLinears(storyLlama(), loadDevice("kv260"));
  EXPECT_TRUE(report.exact);
  EXPECT_GE(report.interval.value, 351);
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

TEST(MapLinears, DspsSaveLuts) {
  Device device = loadDevice("kv260"), without = device;
  without.resources.dsp = 0;
  MapReport with = mapLinears(storyLlama("mxint8"), device), alone = mapLinears(storyLlama("mxint8"), without);
  EXPECT_EQ(with.interval.value, alone.interval.value); // the memories' ports decide
  EXPECT_LT(with.lut.value, alone.lut.value / 2);
  EXPECT_LT(mapLinears(storyLlama(), device).interval.value, mapLinears(storyLlama(), without).interval.value);
  EXPECT_EQ(alone.dsp.value, 0);
  int64_t slices = 0;
  for (const MappedLinear &linear : with.linears)
    slices += dspSlices(linear.config);
  EXPECT_EQ(with.dsp.value, static_cast<double>(slices));
}

TEST(MapLinears, DecodeIsAnotherOptimum) {
  Device device = loadDevice("kv260");
  MapOptions decode;
  decode.objective = MapObjective::Decode;
  MapReport forPrefill = mapLinears(storyLlama(), device), forDecode = mapLinears(storyLlama(), device, decode);
  EXPECT_LT(forDecode.latency.value, forPrefill.latency.value);
  EXPECT_GT(forDecode.interval.value, forPrefill.interval.value);
  EXPECT_LE(static_cast<double>(forDecode.bound), forDecode.latency.value);
  EXPECT_LT(forDecode.latency.value, 1.02 * static_cast<double>(forDecode.bound)); // how good, proved by the bound
}

TEST(MapLinears, MoreBitsAreSlower) {
  Device device = loadDevice("kv260");
  EXPECT_GT(mapLinears(storyLlama("mxint8"), device).interval.value, mapLinears(storyLlama(), device).interval.value);
}

TEST(MapLinears, TheReportIsOneObject) {
  nlohmann::ordered_json json = toJson(mapLinears(storyLlama(), loadDevice("u250")));
  for (const char *key : {"lut", "dsp", "bram", "uram", "interval", "latency", "tokens_per_second"}) {
    ASSERT_TRUE(json.contains(key)) << key;
    EXPECT_TRUE(json[key]["value"].is_number()) << key;
    EXPECT_TRUE(json[key]["error"].is_number()) << key;
  }
  ASSERT_EQ(json["linears"].size(), 43u);
  int64_t luts = 0;
  for (const auto &row : json["linears"])
    luts += row["lut"].get<int64_t>();
  EXPECT_EQ(static_cast<double>(luts), json["lut"]["value"].get<double>());
  EXPECT_EQ(json["linears"][42]["name"], "lm_head");
}

TEST(MapLinears, Faults) {
  auto errorOf = [](const std::vector<LinearToMap> &linears, MapOptions options) -> std::string {
    try {
      mapLinears(linears, loadDevice("arty-a7-35"), options);
    } catch (const std::runtime_error &error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(errorOf({}, {}), "the model has no linear layer to map onto 'arty-a7-35'");
  MapOptions backwards;
  backwards.clockMhz = -1;
  EXPECT_EQ(errorOf(storyLlama(), backwards), "clock -1 MHz is not positive");
  EXPECT_THAT(errorOf(storyLlama(), {}), testing::HasSubstr("nothing fits: "));
}

} // namespace
} // namespace mase
