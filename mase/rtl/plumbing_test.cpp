// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What joins operators to a model, in SystemVerilog against what it shall do: random beats, random stalls on every
// port, then without, for the cycles. And in the three tools that users have. Each part is skipped where its tool is
// not installed. MASE_VERIFY=1 in the environment runs ten times the rows.
#include "mase/rtl/embedded.h"
#include "mase/rtl/plumbing_cases.h"
#include "mase/rtl/process.h"
#include "mase/support/output.h"

#include <cstdlib>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace mase {
namespace {

struct Plumbing : ::testing::Test {
  fs::path folder = fs::temp_directory_path() / fmt::format("mase-plumbing-{}", getpid());
  std::vector<std::string> files;

  void SetUp() override {
    for (const EmbeddedFile &file : systemVerilogLibrary)
      if (file.name != "mase_weight_memory.sv") { // Yosys wants its file of weights
        writeFile(folder / file.name, file.text);
        files.push_back(folder / file.name);
      }
    for (const auto &[name, text] :
         {std::pair{"mase_control_harness.sv", controlHarness}, {"mase_tied_harness.sv", tiedHarness}}) {
      files.push_back(folder / name);
      writeFile(files.back(), text);
    }
  }
  void TearDown() override {
    if (!std::getenv("MASE_KEEP"))
      fs::remove_all(folder);
  }
  static bool installed(const char *tool, const char *question) { return runProcess({tool, question}).status == 0; }

  std::vector<ModuleCase> allCases(bool longer) const {
    std::vector<ModuleCase> cases = linearCases(longer);
    for (const auto &more : joiningCases(longer))
      cases.push_back(more);
    return cases;
  }
  std::vector<ModuleCase> joiningCases(bool longer) const {
    std::vector<ModuleCase> cases = argmaxCases(longer);
    for (const auto &more :
         {embeddingCases(longer, folder), tiedEmbeddingCases(longer, folder), edgeCases(longer), controlCases(longer)})
      cases.insert(cases.end(), more.begin(), more.end());
    return cases;
  }

  /// The library, with the first `line` of each file replaced.
  std::vector<std::string> spoiled(const std::vector<std::array<std::string, 3>> &changes) const {
    std::vector<std::string> result = files;
    for (const auto &[file, line, with] : changes)
      for (std::string &path : result)
        if (fs::path(path).filename() == file) {
          for (const EmbeddedFile &source : systemVerilogLibrary)
            if (source.name == file) {
              std::string text(source.text);
              EXPECT_NE(text.find(line), std::string::npos) << file << " has no " << line;
              writeFile(folder / "spoiled" / file, text.replace(text.find(line), line.size(), with));
            }
          path = folder / "spoiled" / file;
        }
    return result;
  }
};

TEST_F(Plumbing, ModulesDoWhatTheyShall) { // O5, O18, S11 to S14
  if (!installed("verilator", "--version"))
    GTEST_SKIP() << "verilator is not installed";
  const bool longer = std::getenv("MASE_VERIFY") != nullptr;
  std::vector<ModuleGroup> groups = {{"linears", linearCases(longer), files}, {"joining", joiningCases(longer), files}};
  // What must be found: of equals the highest id, half a unit of a bias, a sequence that is cut off without an end, the
  // row of the lane before.
  groups.push_back({"wrong",
                    {argmaxCases(false).back(), linearCases(false)[2], controlCases(false).front(),
                     tiedEmbeddingCases(false, folder)[1]},
                    spoiled({{"mase_argmax.sv", "lane_q[i*LaneBits +: LaneBits] <= (high > low)",
                              "lane_q[i*LaneBits +: LaneBits] <= (high >= low)"},
                             {"mase_linear.sv", "half_q    <= half;", "half_q    <= 1'b0;"},
                             {"mase_control.sv", "s_axis_tlast | end_of_context, first_q", "s_axis_tlast, first_q"},
                             {"mase_tied_embedding.sv", "word_lane_q <= lane_q;", "word_lane_q <= LaneBits'(id);"}})});
  const auto results = simulateModules(groups, folder);
  for (size_t g = 0; g < 2; ++g)
    for (const ModuleCase &one : groups[g].cases) {
      const ModuleResult &r = results[g].at(one.name);
      EXPECT_EQ(r.stalledMismatches, 0) << one.name;
      EXPECT_EQ(r.mismatches, 0) << one.name;
      EXPECT_EQ(r.cycles, one.cycles) << one.name;
    }
  for (const ModuleCase &one : groups[2].cases)
    EXPECT_GT(results[2].at(one.name).stalledMismatches, 0) << one.name;
}

TEST_F(Plumbing, VerilatorFindsNothingToSay) {
  if (!installed("verilator", "--version"))
    GTEST_SKIP() << "verilator is not installed";
  writeFile(folder / "top.sv", topOf(allCases(false)));
  std::vector<std::string> command = {"verilator",    "--lint-only", "-Wall",          "-DSYNTHESIS",
                                      "--top-module", "top",         folder / "top.sv"};
  command.insert(command.end(), files.begin(), files.end());
  EXPECT_EQ(runProcess(command).output, "");
}

TEST_F(Plumbing, IcarusElaboratesEverything) {
  if (!installed("iverilog", "-V"))
    GTEST_SKIP() << "iverilog is not installed";
  writeFile(folder / "top.sv", topOf(allCases(false)));
  std::vector<std::string> command = {"iverilog", "-g2012", "-t", "null", "-s", "top", folder / "top.sv"};
  command.insert(command.end(), files.begin(), files.end());
  EXPECT_EQ(runProcess(command).output, "");
}

TEST_F(Plumbing, YosysElaboratesEverything) {
  if (!installed("yosys", "-V"))
    GTEST_SKIP() << "yosys is not installed";
  writeFile(folder / "top.sv", topOf(allCases(false)));
  writeFile(folder / "check.ys", fmt::format("read_verilog -sv {} {}\nhierarchy -check -top top\nproc\ncheck -assert\n",
                                             fmt::join(files, " "), (folder / "top.sv").string()));
  const ProcessResult result = runProcess({"yosys", "-q", "-s", folder / "check.ys"});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.output, "");
}

} // namespace
} // namespace mase
