// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/hardware.h"

#include "mase/formats/registry.h"
#include "mase/ops/linear/cycles.h"
#include "mase/support/error.h"

#include <functional>
#include <gmock/gmock.h>

namespace mase {
namespace {

LinearConfig smallConfig() {
  LinearConfig config;
  config.inFeatures = 64, config.outFeatures = 32, config.tileIn = 32, config.tileOut = 2;
  config.input = &parseFormat("mxint6"), config.weight = &parseFormat("mxint4"), config.output = &parseFormat("mxint8");
  return config;
}

TEST(LinearHardware, AWordHoldsElementsThenScales) { // S3
  LinearConfig config = smallConfig();
  MemoryShape shape = weightMemoryShape(config);
  EXPECT_EQ(shape.widthBits, 2 * (32 * 4 + 8));
  EXPECT_EQ(shape.depthWords, 2 * 16);
  BlockIntegers weight = {32, 64, BlockShape{}, std::vector<int32_t>(32 * 64), std::vector<int32_t>(64, -129)};
  weight.q[65] = -3, weight.q[1 * 64 + 32] = 5; // output 1: its input 1, and its input 32, which starts block 1
  weight.exponent[3] = -7;                      // of output 1, block 1: stored as -7 + 2 + 127
  std::vector<std::string> words = packWeights(config, weight);
  ASSERT_EQ(words.size(), 32u);
  std::string zeros(32, '0');
  EXPECT_EQ(words[0], "0000" + zeros.substr(0, 30) + "d0" + zeros);
  EXPECT_EQ(words[1], "7a00" + zeros.substr(0, 31) + "5" + zeros);
  EXPECT_EQ(weightLargestScale(config, weight), 0x7a);
}

TEST(LinearHardware, WordsOfAnyTileHoldTheSameWeights) { // S3
  LinearConfig config = smallConfig();
  BlockIntegers weight = {32, 64, BlockShape{}, std::vector<int32_t>(32 * 64), std::vector<int32_t>(64)};
  for (size_t i = 0; i < weight.q.size(); ++i)
    weight.q[i] = static_cast<int32_t>(i * 37 % 15) - 7;
  for (size_t b = 0; b < weight.exponent.size(); ++b)
    weight.exponent[b] = -static_cast<int32_t>(b);
  StoredWeights stored = unpackWeights(config, packWeights(config, weight));
  EXPECT_EQ(stored.element[65], static_cast<uint32_t>(weight.q[65]) & 15);
  EXPECT_EQ(stored.scale[3], 127u + 2 - 3);
  for (auto [in, out] : {std::pair(8, 4), std::pair(64, 2), std::pair(1, 32)}) {
    LinearConfig tile = config;
    tile.tileIn = in, tile.tileOut = out;
    EXPECT_EQ(unpackWeights(tile, packWeights(tile, weight)), stored) << in << " x " << out;
  }
  std::vector<std::string> words = packWeights(config, weight);
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

TEST(LinearHardware, NamesAKindByAllThatMakesIt) {
  LinearConfig config = smallConfig();
  EXPECT_EQ(linearKindName(config), "linear_64x32_mxint6_mxint4_mxint8_t32x2");
  config.guardBits = 4;
  EXPECT_EQ(linearKindName(config), "linear_64x32_mxint6_mxint4_mxint8_t32x2_g4");
  config = smallConfig(), config.weight = &parseFormat("bmf<2,1>"), config.input = &parseFormat("mxfp8_e4m3");
  EXPECT_EQ(linearKindName(config), "linear_64x32_mxfp8_e4m3_bmf2_1_mxint8_t32x2");
  EXPECT_EQ(linearParameters(config).size(), 18u);
}

TEST(LinearHardware, CyclesAreFillAndOneRowAfterTheOther) { // S4
  LinearConfig config = smallConfig();
  EXPECT_EQ(interval(config), 2 * 16);
  EXPECT_EQ(latency(config), 2 + 32 + 9 + 15);
  EXPECT_EQ(predictedCycles(config, 10) - predictedCycles(config, 9), 32);
  EXPECT_EQ(predictedCycles(config, 0), 0);
}

std::string messageOf(const LinearConfig &config) {
  try {
    checkLinearHardware(config);
  } catch (const InputError &error) {
    return error.what();
  }
  return "no error";
}

TEST(LinearHardware, RefusesWhatCannotBeBuilt) {
  EXPECT_EQ(messageOf(smallConfig()), "no error");
  LinearConfig config = smallConfig();
  config.weight = &parseFormat("mxint4:16x2");
  EXPECT_THAT(messageOf(config), testing::HasSubstr("weight format 'mxint4:16x2' has no integer linear"));
  for (const char *name : {"fixed<8,4>", "nvfp4", "int8", "mxint4/e5", "bf16"}) {
    config = smallConfig(), config.weight = &parseFormat(name);
    EXPECT_EQ(
        messageOf(config),
        fmt::format("weight format '{}' has no integer linear (integers and small floats of up to 16 bits have, in "
                    "blocks of 1x32 with an 8-bit power of two as scale)",
                    name));
  }
  config = smallConfig(), config.output = &parseFormat("mxint8@mx-ext");
  EXPECT_EQ(messageOf(config), "output format 'mxint8@mx-ext' rounds as no hardware does (leave out @mx-ext)");
  config = smallConfig(), config.inFeatures = 50;
  EXPECT_EQ(messageOf(config), "input features 50 have no hardware (a multiple of 32 has)");
  for (int tile : {0, -1, 3, 24, 96, 128}) {
    config = smallConfig(), config.tileIn = tile;
    EXPECT_EQ(messageOf(config), fmt::format("input tile {} does not fit 64 features (1, 2, 4, 8, 16, or a multiple of "
                                             "32 that divides them)",
                                             tile));
  }
  config = smallConfig(), config.guardBits = 17;
  EXPECT_EQ(messageOf(config), "17 guard bits have no hardware (1 to 16 have)");
  config = smallConfig(), config.guardBits = 1;
  config.input = config.weight = &parseFormat("mxint2"), config.output = &parseFormat("mxint12");
  EXPECT_EQ(messageOf(config), "output format 'mxint12' is too wide for sums of 10 bits (more guard bits widen them)");
}

} // namespace
} // namespace mase
