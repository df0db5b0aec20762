// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/hardware.h"

#include "mase/formats/registry.h"
#include "mase/ops/linear/bit_true.h"
#include "mase/ops/linear/cycles.h"
#include "mase/ops/linear/operands.h"
#include "mase/support/error.h"
#include "mase/support/output.h"

#include <cmath>
#include <functional>
#include <gmock/gmock.h>

namespace mase {
namespace {

/// The name of a table format with that text, in a file that outlives the test.
std::string tableFile(const std::string &text) {
  const std::filesystem::path path =
      std::filesystem::path(testing::TempDir()) / fmt::format("mase_{:x}.toml", std::hash<std::string>{}(text));
  writeFile(path, text + "\n");
  return fmt::format("table({})", path.string());
}

LinearConfig smallConfig() {
  LinearConfig config;
  config.inFeatures = 64, config.outFeatures = 32, config.tileIn = 32, config.tileOut = 2;
  config.input = &parseFormat("mxint6"), config.weight = &parseFormat("mxint4"), config.output = &parseFormat("mxint8");
  return config;
}

/// Zeros in a config's weight format.
EncodedMatrix zeros(const LinearConfig &config) {
  std::vector<float> values(static_cast<size_t>(config.outFeatures * config.inFeatures));
  return config.weight->encode({values.data(), config.outFeatures, config.inFeatures});
}

std::string messageOf(const LinearConfig &config) {
  try {
    checkLinearHardware(config);
  } catch (const InputError &error) {
    return error.what();
  }
  return "no error";
}

TEST(LinearHardware, AWordHoldsElementsThenScales) { // S3
  LinearConfig config = smallConfig();
  MemoryShape shape = weightMemoryShape(config);
  EXPECT_EQ(shape.widthBits, 2 * (32 * 4 + 8));
  EXPECT_EQ(shape.depthWords, 2 * 16);
  EncodedMatrix weight = zeros(config);
  weight.elements.set(65, 13), weight.elements.set(1 * 64 + 32, 5); // output 1: inputs 1 and 32, which starts block 1
  weight.scales.set(3, 0x7a);                                       // of output 1, block 1
  std::vector<std::string> words = packWeights(config, weight);
  ASSERT_EQ(words.size(), 32u);
  std::string none(32, '0');
  EXPECT_EQ(words[0], "0000" + none.substr(0, 30) + "d0" + none);
  EXPECT_EQ(words[1], "7a00" + none.substr(0, 31) + "5" + none);
}

TEST(LinearHardware, WeightsWithoutScalesTakeNoRoomForThem) { // S3, A21
  LinearConfig config = smallConfig();
  config.weight = &parseFormat("int8");
  EXPECT_EQ(weightMemoryShape(config).widthBits, 2 * 32 * 8);
  config.weight = &parseFormat("nvfp4"); // two scales for 32 features
  EXPECT_EQ(weightMemoryShape(config).widthBits, 2 * (32 * 4 + 2 * 8));
  config.weight = &parseFormat("int8:row"); // 16 bits of an output's factor in two words (A27)
  EXPECT_EQ(weightMemoryShape(config).widthBits, 2 * (32 * 8 + 8));
  config.weight = &parseFormat("mxint4:row"); // a scale for 32 features, always the same
  EXPECT_EQ(weightMemoryShape(config).widthBits, 2 * (32 * 4 + 8));
}

TEST(LinearHardware, ConstantsSayWhatDecodedScalesStandFor) { // A5, A21
  std::vector<float> values(32 * 64, 0.25F);
  values[5] = 1.5F;
  auto constants = [&](const char *name) {
    const Format &format = parseFormat(name);
    return weightConstants(linearWeight(&format), format.encode({values.data(), 32, 64}));
  };
  WeightConstants mx = constants("mxint4"), one = constants("int8"), nv = constants("nvfp4");
  EXPECT_EQ(mx.largestScale, 127);
  EXPECT_EQ(mx.exponent, 0);
  EXPECT_EQ(one.largestScale, 0); // 1.5 / 127
  EXPECT_NEAR(std::ldexp(one.factor, one.exponent - 127), 1.5 / 127, 1e-5);
  // The largest block has 448: field 15, so a shift of 14, times 14, in units of 2^-9 and of the tensor's scale.
  EXPECT_EQ(nv.largestScale, 14);
  EXPECT_NEAR(std::ldexp(14.0 * nv.factor, nv.largestScale + nv.exponent - 127), 1.5 / 6, 1e-4);
}

TEST(LinearHardware, WordsOfAnyTileHoldTheSameWeights) { // S3
  LinearConfig config = smallConfig();
  for (const char *name : {"mxint4", "nvfp4", "int8", "int8:row", "mxint4:row", "mxint4:1x8"}) {
    config.weight = &parseFormat(name);
    std::vector<float> values(32 * 64);
    for (size_t i = 0; i < values.size(); ++i)
      values[i] = static_cast<float>(i * 37 % 101) - 50;
    const EncodedMatrix weight = config.weight->encode({values.data(), 32, 64});
    StoredWeights stored = unpackWeights(config, packWeights(config, weight));
    EXPECT_EQ(stored.element[65], weight.elements.get(65));
    if (std::string(name) == "mxint4" || std::string(name) == "nvfp4") {
      EXPECT_EQ(stored.scale[3], weight.scales.get(3));
    }
    for (auto [in, out] : {std::pair(8, 4), std::pair(64, 2), std::pair(1, 32)}) {
      LinearConfig tile = config;
      tile.tileIn = in, tile.tileOut = out;
      EXPECT_EQ(unpackWeights(tile, packWeights(tile, weight)), stored) << name << " " << in << " x " << out;
    }
  }
  config = smallConfig();
  std::vector<std::string> words = packWeights(config, zeros(config));
  auto message = [&] {
    try {
      unpackWeights(config, words);
    } catch (const InputError &error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  words[5] = "12g";
  EXPECT_EQ(message(), "word '12g' of the memory is not 272 bits in hexadecimal");
  words.pop_back();
  EXPECT_EQ(message(), "the memory holds 31 words (32 are the weights)");
}

TEST(LinearHardware, ATableIsAParameter) { // A17
  LinearConfig config = smallConfig();
  EXPECT_TRUE(linearTables(config).empty());
  config.weight = &parseFormat(tableFile("values = [-1, 0, 0.5, 1.5]")); // in halves: -2, 0, 1, 3, of 3 bits each
  using Pair = std::pair<std::string, std::string>;
  EXPECT_THAT(linearTables(config), testing::ElementsAre(Pair{"WeightTable", "12'h646"}));
  EXPECT_THAT(linearParameters(config), testing::Contains(std::pair<std::string, int64_t>{"WeightTableBits", 2}));
}

TEST(LinearHardware, ATableAsOutputIsItsDecisions) { // A26
  LinearConfig config = smallConfig();
  config.output = &parseFormat(tableFile("values = [0.5, 0, -1, 1.5]")); // in halves: 1, 0, -2, 3, of 2 bits each
  using Pair = std::pair<std::string, std::string>;
  // By magnitude: above 1/2 code 0, below -1 code 2, above 2 code 3: {negative, code, halves of the unit} of 1, 2, 3.
  const uint32_t word = (0 << 5 | 0 << 3 | 1) | (1 << 5 | 2 << 3 | 2) << 6 | (0 << 5 | 3 << 3 | 4) << 12;
  EXPECT_THAT(linearTables(config),
              testing::ElementsAre(Pair{"OutputTable", fmt::format("18'h{:05x}", word)}, Pair{"OutputZero", "2'd1"}));
}

TEST(LinearHardware, AFactorAndAShiftAreTheStepsOfAllThree) { // A23, A25
  LinearConfig config = smallConfig();
  config.input = &parseFormat("int8/0.013"), config.output = &parseFormat("int8/0.21");
  config.weight = &parseFormat("int8");
  std::vector<float> values(32 * 64, 0.25F);
  values[5] = 1.5F;
  const LinearConstants got = linearConstants(config, config.weight->encode({values.data(), 32, 64}));
  EXPECT_GE(got.factor, 1 << 11);
  EXPECT_LT(got.factor, 1 << 12);
  EXPECT_NEAR(std::ldexp(got.factor, -got.castShift) / (0.013 * (1.5 / 127) / 0.21), 1, 0x1p-11);
  config.input = &parseFormat("fixed<8,4>"), config.weight = &parseFormat("mxint4");
  config.output = &parseFormat("fixed<8,2>");
  const LinearConstants none = linearConstants(config, config.weight->encode({values.data(), 32, 64}));
  EXPECT_EQ(none.factor, 0);
  EXPECT_EQ(none.castShift, 4 + 2 + 10 - 2); // the sum's unit is 2^-4 * 2^(0 - 2 - 10), the output's 2^-2
}

TEST(LinearHardware, NamesAKindByAllThatMakesIt) {
  LinearConfig config = smallConfig();
  EXPECT_EQ(linearKindName(config), "linear_64x32_mxint6_mxint4_mxint8_t32x2");
  config.guardBits = 4;
  EXPECT_EQ(linearKindName(config), "linear_64x32_mxint6_mxint4_mxint8_t32x2_g4");
  config = smallConfig(), config.weight = &parseFormat("bmf<2,1>"), config.input = &parseFormat("mxfp8_e4m3");
  EXPECT_EQ(linearKindName(config), "linear_64x32_mxfp8_e4m3_bmf2_1_mxint8_t32x2");
  EXPECT_EQ(linearParameters(config).size(), 36u);
  config = smallConfig(), config.input = &parseFormat("int8/0.01"), config.output = &parseFormat("int8/0.3");
  config.weight = &parseFormat("int8"), config.castShift = 14; // steps are on ports
  EXPECT_EQ(linearKindName(config), "linear_64x32_int8s_int8_int8s_t32x2_s14");
  config.input = config.output = &parseFormat("fixed<8,4>"), config.castShift = -2;
  EXPECT_EQ(linearKindName(config), "linear_64x32_fixed8_4_int8_fixed8_4_t32x2_sn2");
  config.multiplier = Multiplier::Dsp;
  EXPECT_EQ(linearKindName(config), "linear_64x32_fixed8_4_int8_fixed8_4_t32x2_dsp_sn2");
  config.hasBias = true, config.output = nullptr;
  EXPECT_EQ(linearKindName(config), "linear_64x32_fixed8_4_int8_wide_t32x2_dsp_bias");
}

TEST(LinearHardware, ABiasIsInTheLastWordsOfItsTile) { // O17, S3
  LinearConfig config = smallConfig();
  config.hasBias = true; // 16 bits in two words
  EXPECT_EQ(weightMemoryShape(config).widthBits, 2 * (32 * 4 + 8 + 8));
  std::vector<float> bias(32, 0.5F);
  bias[1] = -1.0F + 0x1p-15F;
  const LinearConstants constants = linearConstants(config, zeros(config), bias);
  EXPECT_EQ(constants.bias[0], 0x4000);
  EXPECT_EQ(constants.bias[1], -0x7fff);
  const std::vector<std::string> words = packWeights(config, zeros(config), bias);
  EXPECT_EQ(words[0].substr(0, 4), "0100"); // output 1 above output 0
  EXPECT_EQ(words[1].substr(0, 4), "8040");
  const StoredWeights stored = unpackWeights(config, words);
  EXPECT_EQ(stored.bias[0], 0x4000u);
  EXPECT_EQ(stored.bias[1], 0x8001u);
  config.tileIn = 1, config.tileOut = 4; // more words than bits
  EXPECT_EQ(weightMemoryShape(config).widthBits, 4 * (4 + 8 + 1));
  EXPECT_EQ(unpackWeights(config, packWeights(config, zeros(config), bias)).bias, stored.bias);
  std::fill(bias.begin(), bias.end(), 0x1p120F); // beside weights of zero
  try {
    linearConstants(config, zeros(config), bias);
    ADD_FAILURE() << "no error";
  } catch (const InputError &error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("times too far above its weights (scales of rows end there)"));
  }
}

TEST(LinearHardware, SumsAreAnOutputToo) { // O18, S12
  LinearConfig config = smallConfig();
  config.output = nullptr;
  EXPECT_EQ(messageOf(config), "no error");
  EXPECT_EQ(linearKindName(config), "linear_64x32_mxint6_mxint4_wide_t32x2");
  EXPECT_EQ(outputName(config), "wide");
  EXPECT_EQ(outputBits(config), linearSumBits(config));
  EXPECT_THAT(linearParameters(config), testing::Contains(std::pair<std::string, int64_t>{"OutputWide", 1}));
  EXPECT_EQ(latency(config), 2 + 32 + 7); // no cast
  config.weight = &parseFormat("int8");   // a factor as of outputs in blocks (A23)
  const int wide = linearSumBits(config);
  config.output = &parseFormat("mxint8");
  EXPECT_EQ(linearSumBits(config), wide);
}

TEST(LinearHardware, PacksAsManyProductsAsFit) {
  struct Case {
    const char *input, *weight;
    int packed;
  };
  for (const Case &c : {Case{"mxint8", "mxint8", 2}, Case{"mxint6", "mxint6", 2}, Case{"mxint5", "mxint5", 3},
                        Case{"mxint4", "mxint4", 4}, Case{"mxint3", "mxint3", 5}, Case{"mxint8", "mxint4", 3},
                        Case{"mxint4", "mxint8", 2}, Case{"mxint12", "mxint12", 1}, Case{"mxfp4", "mxfp4", 3},
                        Case{"mxfp8_e4m3", "mxfp8_e4m3", 3}, Case{"mxint8", "int8", 2},
                        Case{"fixed<8,4>", "fixed<5,4>", 2}, Case{"bl4", "bl4", 9}}) {
    LinearConfig config = smallConfig();
    config.input = &parseFormat(c.input), config.weight = &parseFormat(c.weight);
    EXPECT_EQ(productsPerDsp(config), c.packed) << c.input << " x " << c.weight;
    EXPECT_EQ(dspSlices(config), 0);
    config.multiplier = Multiplier::Dsp, config.tileIn = 8, config.tileOut = 8;
    EXPECT_EQ(dspSlices(config), 8 * ((8 + c.packed - 1) / c.packed)) << c.input << " x " << c.weight;
  }
}

TEST(LinearHardware, CyclesAreFillAndOneRowAfterTheOther) { // S4
  LinearConfig config = smallConfig();
  EXPECT_EQ(interval(config), 2 * 16);
  EXPECT_EQ(latency(config), 2 + 32 + 9 + 15);
  config.output = &parseFormat("fixed<8,4>");
  EXPECT_EQ(latency(config), 2 + 32 + 8); // no block waits
  config.input = config.weight = config.output;
  EXPECT_EQ(latency(config), 2 + 32 + 7); // and no term is aligned
  config = smallConfig();
  EXPECT_EQ(predictedCycles(config, 10) - predictedCycles(config, 9), 32);
  EXPECT_EQ(predictedCycles(config, 0), 0);
}

TEST(LinearHardware, RefusesWhatCannotBeBuilt) {
  EXPECT_EQ(messageOf(smallConfig()), "no error");
  LinearConfig config = smallConfig();
  config.weight = &parseFormat("mxint4:16x2");
  EXPECT_THAT(messageOf(config), testing::HasSubstr("weight format 'mxint4:16x2' has no integer linear"));
  const char *linears =
      "has no integer linear (integers and small floats of up to 16 bits and tables of dyadic fractions "
      "have, in blocks of 1x32 with a power of two as scale, and integers under a static scale; weights "
      "also in blocks of 1x4, 1x8, 1x16 and multiples of 1x32, under e4m3 scales and under one scale for the "
      "tensor or for each row)";
  for (const char *name : {"fixed<24,12>", "nvfp4/e4m3-row", "int8:1x32", "mxint4:1x2", "mxint4:1x48", "bf16"}) {
    config = smallConfig(), config.weight = &parseFormat(name);
    EXPECT_EQ(messageOf(config), fmt::format("weight format '{}' {}", name, linears));
  }
  config = smallConfig(), config.input = &parseFormat("int8"); // no static scale
  EXPECT_EQ(messageOf(config), fmt::format("input format 'int8' {}", linears));
  config = smallConfig(), config.output = &parseFormat("mxint8@mx-ext");
  EXPECT_EQ(messageOf(config), "output format 'mxint8@mx-ext' rounds as no hardware does (leave out @mx-ext)");
  config = smallConfig(), config.inFeatures = 50;
  EXPECT_EQ(messageOf(config), "input features 50 have no hardware (a multiple of 32 has)");
  config = smallConfig(), config.outFeatures = 3, config.tileOut = 1;
  EXPECT_EQ(messageOf(config), "output features 3 have no hardware (a multiple of 32 has)");
  config.output = nullptr; // sums
  EXPECT_EQ(messageOf(config), "no error");
  config.tileOut = 2;
  EXPECT_EQ(messageOf(config), "output tile 2 does not fit 3 features (1, 2, 4, 8, 16, or a multiple of 32 that "
                               "divides them)");
  for (int tile : {0, -1, 3, 24, 96, 128}) {
    config = smallConfig(), config.tileIn = tile;
    EXPECT_EQ(messageOf(config), fmt::format("input tile {} does not fit 64 features (1, 2, 4, 8, 16, or a multiple of "
                                             "32 that divides them)",
                                             tile));
  }
  config = smallConfig(), config.multiplier = Multiplier::Dsp, config.tileOut = 1;
  EXPECT_EQ(messageOf(config), "no error");
  config.input = &parseFormat("mxint4");
  EXPECT_EQ(messageOf(config),
            "a DSP slice for each product of 8 bits is none (two outputs a tile or more share slices)");
  config = smallConfig(), config.guardBits = 17;
  EXPECT_EQ(messageOf(config), "17 guard bits have no hardware (1 to 16 have)");
  config = smallConfig(), config.guardBits = 1;
  config.input = config.weight = &parseFormat("mxint2"), config.output = &parseFormat("mxint12");
  EXPECT_EQ(messageOf(config), "output format 'mxint12' is too wide for sums of 10 bits (more guard bits widen them)");
}

} // namespace
} // namespace mase
