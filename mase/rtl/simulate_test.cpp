// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/simulate.h"

#include "mase/formats/registry.h"
#include "mase/rtl/emit.h"
#include "mase/rtl/process.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"
#include "mase/support/output.h"
#include "mase/support/random.h"

#include <cmath>
#include <cstdlib>
#include <gmock/gmock.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace mase {
namespace {

/// Values over many octaves, block by block.
std::vector<float> valuesOf(int64_t rows, int64_t cols, uint64_t seed) {
  Random random(seed);
  std::vector<float> values(static_cast<size_t>(rows * cols));
  int exponent = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    if (i % 32 == 0)
      exponent = -static_cast<int>(random.below(12));
    values[i] = random.below(32) == 0 ? 0 : static_cast<float>(std::ldexp(random.uniform() * 2 - 1, exponent));
  }
  return values;
}

/// A design that owns its numbers.
struct OwnedDesign {
  Design design;
  std::vector<std::vector<float>> numbers;

  void add(const std::string &name, LinearConfig config, int64_t rows, uint64_t seed) {
    numbers.push_back(valuesOf(config.outFeatures, config.inFeatures, seed));
    const float *weight = numbers.back().data();
    numbers.push_back(valuesOf(rows, config.inFeatures, seed + 1));
    design.linears.push_back({name,
                              config,
                              {weight, config.outFeatures, config.inFeatures},
                              {numbers.back().data(), rows, config.inFeatures}});
  }
};

struct Formats {
  std::string input, weight, output;
};

LinearConfig configOf(int64_t in, int64_t out, const Formats &formats, int tileIn, int tileOut) {
  LinearConfig config;
  config.inFeatures = in, config.outFeatures = out, config.tileIn = tileIn, config.tileOut = tileOut;
  config.input = &parseFormat(formats.input), config.weight = &parseFormat(formats.weight);
  config.output = &parseFormat(formats.output);
  return config;
}

LinearConfig configOf(int64_t in, int64_t out, int inputBits, int weightBits, int outputBits, int tileIn, int tileOut) {
  auto mxint = [](int bits) { return fmt::format("mxint{}", bits); };
  return configOf(in, out, {mxint(inputBits), mxint(weightBits), mxint(outputBits)}, tileIn, tileOut);
}

struct Simulate : testing::Test {
  inline static fs::path folder, cache;
  SimulationOptions options;

  static void SetUpTestSuite() {
    folder = fs::temp_directory_path() / fmt::format("mase-simulate-{}", getpid());
    cache = folder / "cache"; // shared by the tests: each kind is built once
  }
  static void TearDownTestSuite() { fs::remove_all(folder); }
  void SetUp() override {
    if (runProcess({"verilator", "--version"}).status != 0)
      GTEST_SKIP() << "verilator is not installed";
    options.cache = cache;
  }
};

TEST_F(Simulate, AnyTileGivesTheIntegerModelsBits) { // A15, S1 to S4
  OwnedDesign owned;
  EmitOptions emit;
  for (auto [in, out] : {std::pair(8, 4), std::pair(64, 2), std::pair(1, 64)}) { // the same numbers each time
    owned.add(fmt::format("tile.{}x{}", in, out), configOf(64, 64, 4, 6, 4, in, out), 9, 7);
    emit.atMappedTile.push_back(owned.design.linears.back().name);
  }
  emitDesign(owned.design, emit, folder / "tiles");
  SimulationResult result = simulateDesign(folder / "tiles", options);
  EXPECT_EQ(result.operators, 6);
  EXPECT_EQ(result.vectors, 6 * 9);
  EXPECT_EQ(result.mismatches, 0) << result.firstDifference;
  for (const LinearSimulation &linear : result.linears)
    EXPECT_EQ(linear.cyclesSimulated, linear.cyclesPredicted) << linear.kind;
  EXPECT_EQ(readTextFile(folder / "tiles/vectors/tile_8x4.expected.txt"),
            readTextFile(folder / "tiles/vectors/tile_1x64.expected.txt"));
  options.rows = 1;
  result = simulateDesign(folder / "tiles", options);
  EXPECT_EQ(result.vectors, 6);
  for (const LinearSimulation &linear : result.linears)
    EXPECT_EQ(linear.cyclesSimulated, linear.cyclesPredicted) << linear.kind;
}

TEST_F(Simulate, EveryFamilyGivesTheIntegerModelsBits) { // A17 to A20
  const Formats families[] = {
      {"mxint8", "mxfp4", "mxint8"},              // weights alone
      {"mxfp4", "mxfp4", "mxfp4"},                // whole numbers
      {"mxfp6_e2m3", "mxfp6_e3m2", "mxfp6_e2m3"}, // whole and shifted
      {"mxfp8_e4m3", "mxfp8_e4m3", "mxfp8_e4m3"}, // a product window, a largest code below the last
      {"mxfp8_e5m2", "mxint4", "mxfp8_e5m2"},     // and infinities
      {"bmf<2,5>", "bmf<4,3>", "bmf<1,3>"},       // fields of one bit
      {"bl8", "bl5", "bl8"},                      // far shifts, scales that round
      {"mxint4", "bl4", "bl4"},
      {"mxint8", "int8", "mxint8"}, // one scale for the tensor
      {"mxfp4", "nvfp4", "mxint8"}, // terms of 16, scales with significands, a factor
      {"mxint4", "mxint4:1x16", "mxint4"},
  };
  OwnedDesign owned;
  EmitOptions emit;
  emit.simulationTileIn = 8; // builds faster
  writeFile(folder / "nf4.toml",
            "values = [-1.0, -0.7, -0.52, -0.39, -0.28, -0.18, -0.09, 0.0, 0.08, 0.16, 0.25, 0.34, "
            "0.44, 0.56, 0.72, 1.0]\nsignificand = 8\n");
  const std::string table = fmt::format("table({})", (folder / "nf4.toml").string());
  owned.add("table", configOf(64, 32, {"mxint6", table, "mxint8"}, 8, 1), 20, 9);
  for (const Formats &formats : families)
    owned.add(fmt::format("{}.{}.{}", formats.input, formats.weight, formats.output), configOf(64, 32, formats, 8, 1),
              20, 9);
  emitDesign(owned.design, emit, folder / "families");
  SimulationResult result = simulateDesign(folder / "families", options);
  EXPECT_EQ(result.operators, 12);
  EXPECT_EQ(result.mismatches, 0) << result.firstDifference;
  for (const LinearSimulation &linear : result.linears) {
    EXPECT_EQ(linear.mismatches, 0) << linear.name;
    EXPECT_EQ(linear.cyclesSimulated, linear.cyclesPredicted) << linear.kind; // S4: formats take no time
  }
}

TEST_F(Simulate, StaticScalesGiveTheIntegerModelsBits) { // A22 to A25
  const Formats families[] = {
      {"int8/0.0079", "int8", "int8/0.02"},        // nothing to align
      {"int8/0.0079", "int8", "mxint8"},           // a factor before the blocks
      {"int8/0.0079", "mxint8", "int8/0.02"},      // weights alone are aligned
      {"mxint8", "int8", "int6/0.5"},              // a shift of each row's own
      {"mxfp8_e4m3", "mxfp4", "fixed<8,4>"},       // no factor
      {"fixed<8,6>", "fixed<8,7>", "fixed<16,8>"}, // nothing symmetric
      {"fixed<16,12>", "int8", "fixed<24,20>"},    // wide
      {"int4/0.15", "nvfp4", "fixed<8,7>"},        // scales with significands
  };
  OwnedDesign owned;
  EmitOptions emit;
  emit.simulationTileIn = 8; // builds faster
  for (const Formats &formats : families)
    owned.add(fmt::format("{}.{}.{}", formats.input, formats.weight, formats.output), configOf(64, 32, formats, 8, 1),
              20, 9);
  const Formats plain = {"int8/0.0079", "int8", "int8/0.05"};
  for (auto [in, out] : {std::pair(64, 2), std::pair(1, 32)})
    owned.add(fmt::format("tile.{}x{}", in, out), configOf(64, 32, plain, in, out), 20, 9),
        emit.atMappedTile.push_back(owned.design.linears.back().name);
  emitDesign(owned.design, emit, folder / "static");
  SimulationResult result = simulateDesign(folder / "static", options);
  EXPECT_EQ(result.operators, 12);
  EXPECT_EQ(result.mismatches, 0) << result.firstDifference;
  for (const LinearSimulation &linear : result.linears) {
    EXPECT_EQ(linear.mismatches, 0) << linear.name;
    EXPECT_EQ(linear.cyclesSimulated, linear.cyclesPredicted) << linear.kind;
  }
}

TEST_F(Simulate, RowScalesAndOtherBlocksGiveTheIntegerModelsBits) { // A21, A27, S3
  const Formats families[] = {
      {"mxint8", "int8:row", "mxint8"},         {"int8/0.0079", "int8:row", "int8/0.02"},
      {"mxfp4", "int4:row", "fixed<8,4>"},      {"mxint8", "mxint8:row", "mxint8"},
      {"mxint6", "mxint4:1x8", "mxint6"},       {"mxfp4", "mxint4:1x64/e6", "mxfp4"},
      {"mxfp8_e4m3", "mxfp4:1x4", "mxint8/e5"},
  };
  OwnedDesign owned;
  EmitOptions emit;
  emit.simulationTileIn = 8;
  const auto add = [&](const std::string &name, const LinearConfig &config) {
    owned.add(name, config, 20, 9);
    std::vector<float> &weight = owned.numbers[owned.numbers.size() - 2]; // rows differ by octaves
    for (size_t i = 0; i < weight.size(); ++i)
      weight[i] = std::ldexp(weight[i], -static_cast<int>(i / static_cast<size_t>(config.inFeatures) % 7));
  };
  for (const Formats &formats : families)
    add(fmt::format("{}.{}.{}", formats.input, formats.weight, formats.output), configOf(128, 64, formats, 8, 1));
  // A row of one beat, of two, and of more beats than a factor has bits; tiles of several outputs.
  for (auto [in, out, formats] :
       {std::tuple(64, 1, 1), std::tuple(32, 2, 0), std::tuple(1, 4, 1), std::tuple(32, 2, 4)}) {
    emit.atMappedTile.push_back(fmt::format("tile.{}x{}.{}", in, out, formats));
    add(emit.atMappedTile.back(), configOf(64, 64, families[formats], in, out));
  }
  emitDesign(owned.design, emit, folder / "rows");
  SimulationResult result = simulateDesign(folder / "rows", options);
  EXPECT_EQ(result.operators, 15);
  EXPECT_EQ(result.mismatches, 0) << result.firstDifference;
  for (const LinearSimulation &linear : result.linears)
    EXPECT_EQ(linear.cyclesSimulated, linear.cyclesPredicted) << linear.kind;
}

TEST_F(Simulate, BiasesGiveTheIntegerModelsBits) { // O17, S3, S4
  OwnedDesign owned;
  EmitOptions emit;
  emit.simulationTileIn = 8;
  std::vector<std::vector<float>> biases;
  for (const Formats &formats : {Formats{"mxint8", "mxint4", "mxint8"}, Formats{"mxint8", "int8:row", "mxint8"}})
    for (double size : {1e-4, 2.0, 3e4}) { // far below the sums, beside them, far above
      LinearConfig config = configOf(64, 32, formats, 64, 1);
      config.hasBias = true;
      owned.add(fmt::format("{}.{}", formats.weight, size), config, 20, 9);
      std::fill_n(owned.numbers.back().begin(), config.inFeatures, 0.0F); // of the first row it is all
      biases.push_back(valuesOf(1, config.outFeatures, 5));
      for (float &value : biases.back())
        value = static_cast<float>(value * size);
    }
  for (size_t i = 0; i < biases.size(); ++i)
    owned.design.linears[i].bias = biases[i];
  emitDesign(owned.design, emit, folder / "biases");
  SimulationResult result = simulateDesign(folder / "biases", options);
  EXPECT_EQ(result.operators, 6);
  EXPECT_EQ(result.mismatches, 0) << result.firstDifference;
  for (const LinearSimulation &linear : result.linears) {
    EXPECT_EQ(linear.mismatches, 0) << linear.name;
    EXPECT_EQ(linear.cyclesSimulated, linear.cyclesPredicted) << linear.kind;
  }
  // What a file lacks that no simulation runs is found, too.
  const fs::path file = folder / "biases/weights/mxint4_2.t64x1.hex";
  std::string words = readTextFile(file);
  words[0] = words[0] == '0' ? '1' : '0'; // the top bits of a word are its output's bias
  writeFile(file, words);
  result = simulateDesign(folder / "biases", options);
  EXPECT_EQ(result.mismatches, 1);
  EXPECT_THAT(result.firstDifference, testing::HasSubstr("mxint4.2: bias of output 0, input 0 is"));
}

TEST_F(Simulate, NarrowScalesAndTablesGiveTheIntegerModelsBits) { // A12, A13, A26
  const Formats families[] = {
      {"mxint8/e5", "mxint4/e4", "mxint6/e4"},
      {"mxfp4/e6", "mxfp4/e5", "mxfp6_e2m3/e4"},
      {"mxint8", "mxint8/e7", "bl4/e4"},
      {"mxfp8_e4m3/e7", "int8", "mxfp8_e4m3/e4"},
      {"mxint6", "table(nf4_8)", "table(nf4_8)"}, // A26
      {"mxint6", "mxint4", "table(nf4_8):1x32/e5"},
  };
  OwnedDesign owned;
  EmitOptions emit;
  emit.simulationTileIn = 8;
  for (const Formats &formats : families)
    for (int octaves : {0, 16, -14}) { // inside, beyond and below what the output's scales reach
      const std::string name = fmt::format("{}.{}.{}.{}", formats.input, formats.weight, formats.output, octaves);
      owned.add(name, configOf(64, 32, formats, 8, 1), 20, 9);
      for (float &value : owned.numbers.back())
        value = std::ldexp(value, octaves);
    }
  emitDesign(owned.design, emit, folder / "narrow");
  SimulationResult result = simulateDesign(folder / "narrow", options);
  EXPECT_EQ(result.operators, 18);
  EXPECT_EQ(result.mismatches, 0) << result.firstDifference;
}

TEST_F(Simulate, ProductsInDspSlicesGiveTheIntegerModelsBits) { // A4, S4: packed by two, three, four and five
  const std::pair<Formats, int> cases[] = {
      {{"mxint8", "mxint8", "mxint8"}, 2},
      {{"mxint4", "mxint4", "mxint8"}, 4},
      {{"mxint8", "nvfp4", "mxint8"}, 4},
      {{"mxfp6_e2m3", "mxfp6_e3m2", "mxfp4"}, 4},
      {{"mxfp8_e4m3", "mxint3", "mxint8"}, 16},
      {{"mxint3", "int3", "mxint8"}, 16}, // groups of unequal size
      {{"mxint12", "mxint12", "mxint8"}, 2},
      {{"int8/0.0079", "int8", "int8/0.02"}, 4},        // sums without alignment
      {{"fixed<8,6>", "fixed<5,4>", "fixed<16,8>"}, 4}, // neither symmetric
      {{"mxint8", "int8:row", "mxint8"}, 4},            // factors of rows in the words
  };
  OwnedDesign owned;
  EmitOptions emit;
  for (const auto &[formats, outputs] : cases) {
    LinearConfig config = configOf(64, 32, formats, 8, outputs);
    config.multiplier = Multiplier::Dsp;
    owned.add(fmt::format("{}.{}", formats.input, formats.weight), config, 20, 9);
    if (outputs > 4)
      emit.atMappedTile.push_back(owned.design.linears.back().name);
  }
  emit.simulationTileIn = 8, emit.simulationTileOut = 4;
  emitDesign(owned.design, emit, folder / "dsp");
  SimulationResult result = simulateDesign(folder / "dsp", options);
  EXPECT_EQ(result.operators, 12);
  EXPECT_EQ(result.mismatches, 0) << result.firstDifference;
  for (const LinearSimulation &linear : result.linears)
    EXPECT_EQ(linear.cyclesSimulated, linear.cyclesPredicted) << linear.kind;
}

TEST_F(Simulate, ExtremeExponentsGiveTheIntegerModelsBits) { // A6, A9, A11 to A13, A20
  OwnedDesign owned;
  // One guard bit and wide outputs, so that every rounding is seen; rows enough to fill every buffer.
  for (const Formats &formats : {Formats{"mxint3", "mxint5", "mxint12"}, Formats{"mxint3", "mxint5", "mxfp8_e5m2"},
                                 Formats{"mxint3", "mxint5", "bl6"}}) {
    LinearConfig config = configOf(96, 32, formats, 32, 1);
    config.guardBits = 1;
    owned.add("ordinary." + formats.output, config, 40, 1);
    std::fill_n(owned.numbers.back().begin() + 96, 96, 0.0F); // a row of zeros
    // Down to where scales would fall below e8m0, and up to where sums leave fp32.
    for (auto [input, weight] :
         {std::pair(-122, -6), std::pair(-126, -20), std::pair(-118, -10), std::pair(-108, -4), std::pair(124, 4)}) {
      owned.add(fmt::format("{}.input.{}.weight.{}", formats.output, input, weight), config, 40, 1);
      for (float &value : owned.numbers[owned.numbers.size() - 2])
        value = std::ldexp(value, weight);
      for (float &value : owned.numbers.back())
        value = std::ldexp(value, input);
    }
  }
  emitDesign(owned.design, {}, folder / "extremes");
  SimulationResult result = simulateDesign(folder / "extremes", options);
  EXPECT_EQ(result.operators, 18);
  EXPECT_EQ(result.mismatches, 0) << result.firstDifference;
}

template <typename Error>
std::string messageOf(const std::function<void()> &action) {
  try {
    action();
  } catch (const Error &error) {
    return error.what();
  }
  return "no such error";
}

/// A design of one small linear, the same kind for every test that spoils something.
fs::path emitOne(const fs::path &folder) {
  OwnedDesign owned;
  owned.add("model.layers.0.mlp.down_proj", configOf(32, 32, 4, 4, 8, 32, 1), 4, 3);
  emitDesign(owned.design, {}, folder);
  return folder;
}

void replaceIn(const fs::path &path, size_t at, size_t count, const std::string &with) {
  std::string text = readTextFile(path);
  ASSERT_LT(at, text.size());
  writeFile(path, text.replace(at, count, with));
}

TEST_F(Simulate, AFlippedWeightBitIsFound) {
  fs::path out = emitOne(folder / "weight");
  EXPECT_EQ(simulateDesign(out, options).mismatches, 0);
  fs::path weights = out / "weights/model_layers_0_mlp_down_proj.t32x1.hex";
  std::string line = readTextFile(weights).substr(0, 34); // a scale and 32 elements of output 0
  replaceIn(weights, 5, 1, line[5] == '0' ? "1" : "0");
  SimulationResult result = simulateDesign(out, options);
  EXPECT_GT(result.mismatches, 0);
  EXPECT_THAT(result.firstDifference,
              testing::MatchesRegex("model.layers.0.mlp.down_proj at tile 32x1, row [0-9]+, element 0: expected "
                                    "-?[0-9]+, got -?[0-9]+"));
}

TEST_F(Simulate, AFlippedBitOfAMemoryThatDoesNotRunIsFound) {
  OwnedDesign owned;
  owned.add("lm_head", configOf(32, 32, 4, 4, 8, 8, 4), 4, 3); // the kind of emitOne at its small tile
  emitDesign(owned.design, {}, folder / "mapped");
  SimulationResult result = simulateDesign(folder / "mapped", options);
  EXPECT_EQ(result.mismatches, 0) << result.firstDifference;
  EXPECT_EQ(result.words, 32);
  fs::path weights = folder / "mapped/weights/lm_head.t8x4.hex"; // a word: 4 scales, then 4 x 8 elements
  std::string line = readTextFile(weights).substr(0, 40);
  replaceIn(weights, 39, 1, line[39] == '0' ? "1" : "0");
  result = simulateDesign(folder / "mapped", options);
  EXPECT_EQ(result.mismatches, 1);
  EXPECT_THAT(result.firstDifference,
              testing::MatchesRegex("lm_head: element of output 0, input 0 is [0-9a-f] in "
                                    "weights/lm_head.t8x4.hex and [0-9a-f] in weights/lm_head.t32x1.hex"));
  writeFile(weights, "12\n");
  EXPECT_THAT(messageOf<InputError>([&] { simulateDesign(folder / "mapped", options); }),
              testing::HasSubstr("lm_head.t8x4.hex: the memory holds 1 words (32 are the weights)"));
}

TEST_F(Simulate, AWrongExpectationIsNamed) {
  fs::path out = emitOne(folder / "expectation");
  fs::path expected = out / "vectors/model_layers_0_mlp_down_proj.expected.txt";
  std::string text = readTextFile(expected);
  size_t row2 = text.find('\n', text.find('\n') + 1) + 1, end = text.find(' ', row2);
  int scale = std::stoi(text.substr(row2, end - row2));
  replaceIn(expected, row2, end - row2, std::to_string(scale + 1));
  SimulationResult result = simulateDesign(out, options);
  EXPECT_EQ(result.mismatches, 2); // with and without stalls
  EXPECT_EQ(result.firstDifference,
            fmt::format("model.layers.0.mlp.down_proj at tile 32x1, row 2, scale of element 0: expected {}, got {}",
                        scale + 1, scale));
}

/// What the simulation says of a design in one of whose library files `line` became `with`.
std::string messageWith(const fs::path &out, const SimulationOptions &options, const std::string &file,
                        const std::string &line, const std::string &with) {
  fs::path path = emitOne(out) / "sv" / file;
  replaceIn(path, readTextFile(path).find(line), line.size(), with);
  return messageOf<CheckError>([&] { simulateDesign(out, options); });
}

TEST_F(Simulate, AHangNamesThePortThatWaits) {
  EXPECT_THAT(messageWith(folder / "hang", options, "mase_mx_cast.sv", "assign y_valid_o = y_valid_q;",
                          "assign y_valid_o = 1'b0 & y_valid_q;"),
              testing::HasSubstr("model.layers.0.mlp.down_proj at tile 32x1: after 4 input and 0 output beats port y "
                                 "waits for valid"));
  EXPECT_THAT(messageWith(folder / "silent", options, "mase_weight_memory.sv", "assign w_valid_o = valid_q;",
                          "assign w_valid_o = 1'b0 & valid_q;"),
              testing::HasSubstr("after 2 input and 0 output beats port w waits for valid"));
}

TEST_F(Simulate, AWordThatChangesBeforeItIsTakenIsFound) { // S2
  EXPECT_THAT(messageWith(folder / "hasty", options, "mase_weight_memory.sv", "assign read = w_ready_i | ~valid_q;",
                          "assign read = 1'b1;"),
              testing::HasSubstr("port w: a beat changes before it is taken"));
}

TEST_F(Simulate, EveryFaultIsNamed) {
  using testing::HasSubstr;
  fs::path out = emitOne(folder / "faults");
  auto message = [&] { return messageOf<InputError>([&] { simulateDesign(out, options); }); };
  fs::path vectors = out / "vectors/model_layers_0_mlp_down_proj.input.txt";
  writeFile(vectors, "127 0 0");
  EXPECT_THAT(message(), HasSubstr("model.layers.0.mlp.down_proj: test bench ended with status 2"));
  EXPECT_THAT(message(), HasSubstr("row 0 is missing or not blocks of 33 integers"));
  writeFile(out / "weights/model_layers_0_mlp_down_proj.t32x1.hex", "12\n");
  EXPECT_THAT(message(), HasSubstr("word 0 is missing or has another width"));
  writeFile(out / "sv/mase_mx_round.sv", "module mase_mx_round nonsense\n");
  EXPECT_THAT(message(), HasSubstr("verilator: failed with status 1"));
  const char *inherited = std::getenv("PATH");
  const std::string path = inherited ? inherited : "";
  setenv("PATH", "/nowhere", 1);
  EXPECT_THAT(message(), HasSubstr("verilator: program not found (it is needed in PATH to simulate)"));
  setenv("PATH", path.c_str(), 1);
  writeFile(out / "manifest.json", "{}");
  EXPECT_THAT(message(), HasSubstr("is not the manifest of an emitted design (`mase emit` writes one)"));
  writeFile(out / "manifest.json", R"({"mase": "linears"})");
  EXPECT_THAT(message(), HasSubstr("manifest.json: manifest lacks what a simulation needs:"));
}

} // namespace
} // namespace mase
