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

LinearConfig configOf(int64_t in, int64_t out, int inputBits, int weightBits, int outputBits, int tileIn, int tileOut) {
  LinearConfig config;
  config.inFeatures = in, config.outFeatures = out, config.tileIn = tileIn, config.tileOut = tileOut;
  config.input = &parseFormat(fmt::format("mxint{}", inputBits));
  config.weight = &parseFormat(fmt::format("mxint{}", weightBits));
  config.output = &parseFormat(fmt::format("mxint{}", outputBits));
  return config;
}

struct Simulate : testing::Test {
  fs::path folder = fs::temp_directory_path() / fmt::format("mase-simulate-{}", getpid());
  SimulationOptions options;
  void SetUp() override {
    if (runProcess({"verilator", "--version"}).status != 0)
      GTEST_SKIP() << "verilator is not installed";
    fs::create_directories(folder);
    options.cache = fs::temp_directory_path() / fmt::format("mase-simulate-cache-{}", getuid());
  }
  void TearDown() override { fs::remove_all(folder); }
};

TEST_F(Simulate, ThreeTilesGiveTheIntegerModelsBits) { // A15, S1 to S4
  OwnedDesign owned;
  for (auto [in, out] : {std::pair(8, 4), std::pair(64, 32), std::pair(32, 64)})
    owned.add(fmt::format("a.t{}x{}", in, out), configOf(64, 64, 4, 6, 8, in, out), 9, 7); // the same numbers each time
  EmitOptions emit;
  for (const LinearInstance &linear : owned.design.linears)
    emit.atMappedTile.push_back(linear.name);
  emitDesign(owned.design, emit, folder / "out");
  SimulationResult result = simulateDesign(folder / "out", options);
  EXPECT_EQ(result.operators, 6);
  EXPECT_EQ(result.vectors, 6 * 9);
  EXPECT_EQ(result.mismatches, 0) << result.firstDifference;
  for (const LinearSimulation &linear : result.linears)
    EXPECT_EQ(linear.cyclesSimulated, linear.cyclesPredicted) << linear.kind;
}

} // namespace
} // namespace mase
