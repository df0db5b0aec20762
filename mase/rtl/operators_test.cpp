// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The operators' SystemVerilog against the integer models, bit by bit: random rows, random stalls on every port, then
// the rate without stalls. Skipped where Verilator is not installed. MASE_VERIFY=1 in the environment runs ten times
// the rows.
#include "mase/rtl/embedded.h"
#include "mase/rtl/operator_cases.h"
#include "mase/rtl/process.h"
#include "mase/support/output.h"

#include <cstdlib>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace mase {
namespace {

struct Operators : ::testing::Test {
  fs::path folder = fs::temp_directory_path() / fmt::format("mase-operators-{}", getpid());
  std::vector<std::string> files;

  void SetUp() override {
    if (runProcess({"verilator", "--version"}).status != 0)
      GTEST_SKIP() << "verilator is not installed";
    for (const EmbeddedFile &file : systemVerilogLibrary) {
      writeFile(folder / file.name, file.text);
      files.push_back(folder / file.name);
    }
  }
  void TearDown() override {
    if (!std::getenv("MASE_KEEP"))
      fs::remove_all(folder);
  }
  static bool longer() { return std::getenv("MASE_VERIFY") != nullptr; }

  void expectEqual(const std::vector<ModuleCase> &cases) {
    const std::map<std::string, ModuleResult> results = simulateModules(cases, folder, files);
    EXPECT_EQ(results.size(), cases.size());
    for (const auto &[name, r] : results) {
      EXPECT_EQ(r.stalledMismatches, 0) << name;
      EXPECT_EQ(r.mismatches, 0) << name;
      std::printf("%s: %d cycles, %.2f a row\n", name.c_str(), static_cast<int>(r.cycles), r.interval);
    }
  }
};

TEST_F(Operators, ElementwiseModulesAreTheIntegerModels) {
  expectEqual(elementwiseCases(longer()));
} // O2, O6 to O8, S5

TEST_F(Operators, NormsAreTheIntegerModels) { expectEqual(normCases(longer())); } // O9 to O12, S5

TEST_F(Operators, RotationsAreTheIntegerModel) { expectEqual(ropeCases(longer())); } // O13, S5

} // namespace
} // namespace mase
