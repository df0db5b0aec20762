// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The operators' SystemVerilog against the integer models, bit by bit: random rows, random stalls on every port, then
// without, for the cycles. And in the three tools that users have. Each part is skipped where its tool is not
// installed. MASE_VERIFY=1 in the environment runs ten times the rows.
#include "mase/formats/registry.h"
#include "mase/ops/matmul/scores_hardware.h"
#include "mase/ops/rope/rope_hardware.h"
#include "mase/rtl/attention_cases.h"
#include "mase/rtl/embedded.h"
#include "mase/rtl/operator_cases.h"
#include "mase/rtl/process.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"
#include "mase/support/output.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sstream>
#include <unistd.h>

namespace fs = std::filesystem;

namespace mase {
namespace {

struct Operators : ::testing::Test {
  fs::path folder = fs::temp_directory_path() / fmt::format("mase-operators-{}", getpid());
  std::vector<std::string> files;

  void SetUp() override {
    for (const EmbeddedFile &file : systemVerilogLibrary)
      if (file.name != "mase_weight_memory.sv") { // Yosys wants its file of weights
        writeFile(folder / file.name, file.text);
        files.push_back(folder / file.name);
      }
  }
  void TearDown() override {
    if (!std::getenv("MASE_KEEP"))
      fs::remove_all(folder);
  }
  static bool installed(const char *tool, const char *question) { return runProcess({tool, question}).status == 0; }

  /// The library, with the first `line` of a file replaced.
  std::vector<std::string> spoiled(const std::string &file, const std::string &line, const std::string &with) {
    std::vector<std::string> result;
    for (const EmbeddedFile &source : systemVerilogLibrary)
      if (source.name == file) {
        std::string text(source.text);
        EXPECT_NE(text.find(line), std::string::npos) << file << " has no " << line;
        const fs::path to = folder / fmt::format("spoiled{}", ++spoiledCount_) / file;
        writeFile(to, text.replace(text.find(line), line.size(), with));
        result.push_back(to);
      } else if (source.name != "mase_weight_memory.sv") {
        result.push_back(folder / source.name);
      }
    return result;
  }

  struct Mutation {
    std::string file, line, with;
  };
  /// The library with all of these, each in a file of its own.
  std::vector<std::string> spoiledAll(const std::vector<Mutation> &mutations) {
    std::vector<std::string> result = files;
    for (const Mutation &m : mutations)
      for (const std::string &file : spoiled(m.file, m.line, m.with))
        if (file.find("/spoiled") != std::string::npos)
          std::replace(result.begin(), result.end(), (folder / m.file).string(), file);
    return result;
  }

  /// Simulates; what is wrong by intention must differ, in groups whose names begin with "wrong".
  void expectEqual(const std::vector<ModuleGroup> &groups) {
    const auto results = simulateModules(groups, folder);
    for (size_t g = 0; g < groups.size(); ++g) {
      ASSERT_EQ(results[g].size(), groups[g].cases.size());
      for (const ModuleCase &one : groups[g].cases) {
        const ModuleResult &r = results[g].at(one.name);
        if (groups[g].name.starts_with("wrong")) {
          EXPECT_GT(r.stalledMismatches, 0) << groups[g].name << ": " << one.name;
          continue;
        }
        EXPECT_EQ(r.stalledMismatches, 0) << one.name;
        EXPECT_EQ(r.mismatches, 0) << one.name;
        EXPECT_EQ(one.cycles > 0 ? r.cycles : 0, one.cycles) << one.name;
      }
    }
  }

private:
  int spoiledCount_ = 0;
};

std::vector<ModuleCase> onlyOf(const std::vector<ModuleCase> &cases, const std::vector<std::string> &prefixes) {
  std::vector<ModuleCase> found;
  for (const ModuleCase &one : cases)
    for (const std::string &prefix : prefixes)
      if (one.name.starts_with(prefix))
        found.push_back(one);
  EXPECT_EQ(found.size(), prefixes.size());
  return found;
}

TEST_F(Operators, ModulesAreTheIntegerModels) { // O1 to O13, S5 to S7
  if (!installed("verilator", "--version"))
    GTEST_SKIP() << "verilator is not installed";
  const bool longer = std::getenv("MASE_VERIFY") != nullptr;
  std::vector<ModuleGroup> groups = {{"norms", normCases(longer), files},
                                     {"elementwise", elementwiseCases(longer), files},
                                     {"rotations", ropeCases(longer), files}};
  const std::vector<ModuleCase> all = elementwiseCases(false);
  // What must be found: each a wrong bit somewhere. Not a test of the bench alone, but of the rows.
  const std::vector<std::string> wrong =
      spoiledAll({{"mase_add.sv", "{{(SumBits-1){1'b0}}, half_q}", "{{(SumBits-1){1'b0}}, 1'b0}"},
                  {"mase_function_table.sv", "1'b1, {(StepBits-1){1'b0}}};", "1'b0, {(StepBits-1){1'b0}}};"}});
  groups.push_back({"wrong", onlyOf(all, {"mase_add mxint12", "mase_gate tanh"}), wrong});
  expectEqual(groups);
}

TEST_F(Operators, AttentionIsTheIntegerModels) { // O14 to O16, S8 to S10
  if (!installed("verilator", "--version"))
    GTEST_SKIP() << "verilator is not installed";
  const bool longer = std::getenv("MASE_VERIFY") != nullptr;
  std::vector<ModuleGroup> groups = {{"scores", scoresCases(longer), files},
                                     {"softmax", softmaxCases(longer), files},
                                     {"values", valuesCases(longer), files}};
  groups.push_back({"chain", {}, files});
  for (const AttentionShape &shape :
       {AttentionShape{.heads = 4, .keyHeads = 2, .headFeatures = 16, .tile = 4, .keys = 1, .context = 33},
        AttentionShape{
            .heads = 2, .keyHeads = 2, .headFeatures = 32, .tile = 8, .keys = 2, .context = 20, .causal = false}}) {
    const AttentionChain chain = attentionChain(shape, longer);
    const std::string name = fmt::format("attention_chain{}", groups.back().cases.size());
    std::string text = chain.module;
    writeFile(folder / (name + ".sv"), text.replace(text.find("attention_chain"), 15, name));
    groups.back().cases.push_back(chain.one);
    groups.back().cases.back().module = name;
    groups.back().library.push_back(folder / (name + ".sv"));
  }
  // What must be found: halves that are not rounded, and a sequence that takes the place of one that is still read.
  const std::vector<std::string> rounding = spoiledAll({{"mase_scores_term.sv", "{33'b0, half_q}", "34'b0"},
                                                        {"mase_softmax.sv", "{16'b0, shifted[0]}", "17'b0"},
                                                        {"mase_values.sv", "{{(ResultBits-1){1'b0}}, half_q}", "'0"}});
  const std::vector<std::string> early =
      spoiledAll({{"mase_attention_cache.sv", "first ? stored_q == 3'd0 : ~stored_q[2]", "~stored_q[2]"}});
  groups.push_back(
      {"wrong rounding",
       {onlyOf(groups[0].cases, {"mase_scores mxint12"})[0], onlyOf(groups[1].cases, {"mase_softmax 4 heads"})[0],
        onlyOf(groups[2].cases, {"mase_values fixed<10,8>"})[0]},
       rounding});
  groups.push_back({"wrong order", onlyOf(groups[0].cases, {"mase_scores mxint12"}), early});
  expectEqual(groups);
}

/// They reach every branch of the generate blocks; each table of 2048 entries takes a tool a second or more.
std::vector<ModuleCase> lintCases() {
  std::vector<ModuleCase> cases =
      onlyOf(elementwiseCases(false), {"mase_add fixed", "mase_add mxint12", "mase_mul mxfp8", "mase_cast cast mxint12",
                                       "mase_cast relu mxint4", "mase_gate gelu fixed", "mase_gate tanh"});
  for (const ModuleCase &one :
       onlyOf(normCases(false), {"mase_norm rms fixed", "mase_norm rms mxint4", "mase_norm layer mxint8"}))
    cases.push_back(one);
  for (const ModuleCase &one : onlyOf(ropeCases(false), {"mase_rope mxint8 4", "mase_rope mxfp8", "mase_rope fixed"}))
    cases.push_back(one);
  for (const ModuleCase &one : scoresCases(false))
    cases.push_back(one);
  for (const ModuleCase &one : onlyOf(softmaxCases(false), {"mase_softmax 4 heads", "mase_softmax 2 heads mxint8",
                                                            "mase_softmax 3 heads", "mase_softmax full 3"}))
    cases.push_back(one);
  for (const ModuleCase &one :
       onlyOf(valuesCases(false), {"mase_values mxint8 fixed<10,6> -> mxint8 4", "mase_values fixed<10,8>",
                                   "mase_values mxint8 fixed<10,6> -> mxint8 full"}))
    cases.push_back(one);
  return cases;
}

TEST_F(Operators, VerilatorFindsNothingToSay) {
  if (!installed("verilator", "--version"))
    GTEST_SKIP() << "verilator is not installed";
  writeFile(folder / "top.sv", topOf(lintCases()));
  std::vector<std::string> command = {"verilator",    "--lint-only", "-Wall",          "-DSYNTHESIS",
                                      "--top-module", "top",         folder / "top.sv"};
  command.insert(command.end(), files.begin(), files.end());
  EXPECT_EQ(runProcess(command).output, "");
}

TEST_F(Operators, IcarusElaboratesEverything) {
  if (!installed("iverilog", "-V"))
    GTEST_SKIP() << "iverilog is not installed";
  writeFile(folder / "top.sv", topOf(lintCases()));
  std::vector<std::string> command = {"iverilog", "-g2012", "-t", "null", "-s", "top", folder / "top.sv"};
  command.insert(command.end(), files.begin(), files.end());
  EXPECT_EQ(runProcess(command).output, "");
}

TEST_F(Operators, YosysElaboratesEverything) {
  if (!installed("yosys", "-V"))
    GTEST_SKIP() << "yosys is not installed";
  writeFile(folder / "top.sv", topOf(lintCases()));
  writeFile(folder / "check.ys", fmt::format("read_verilog -sv {} {}\nhierarchy -check -top top\nproc\ncheck -assert\n",
                                             fmt::join(files, " "), (folder / "top.sv").string()));
  const ProcessResult result = runProcess({"yosys", "-q", "-s", folder / "check.ys"});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.output, "");
}

TEST_F(Operators, YosysSynthesizesThem) {
  if (!installed("yosys", "-V"))
    GTEST_SKIP() << "yosys is not installed";
  std::vector<ModuleCase> cases = onlyOf(elementwiseCases(false), {"mase_mul mxint8", "mase_cast cast mxint8"});
  if (std::getenv("MASE_VERIFY")) { // minutes
    cases = onlyOf(elementwiseCases(false), {"mase_add mxint8", "mase_mul mxint8", "mase_cast cast mxint8",
                                             "mase_gate silu", "mase_gate gelu_tanh"});
    for (const ModuleCase &one : onlyOf(normCases(false), {"mase_norm rms mxint8", "mase_norm layer mxint8"}))
      cases.push_back(one);
    for (const ModuleCase &one : onlyOf(ropeCases(false), {"mase_rope mxint8 4"}))
      cases.push_back(one);
    for (const ModuleCase &one : attentionAreaCases())
      cases.push_back(one);
  }
  for (const ModuleCase &one : cases) {
    writeFile(folder / "top.sv", topOf({one}));
    writeFile(folder / "synth.ys",
              fmt::format("read_verilog -sv -DSYNTHESIS {} {}\nsynth_xilinx -family xcup -flatten -noiopad -top top\n"
                          "tee -o {} stat\n",
                          fmt::join(files, " "), (folder / "top.sv").string(), (folder / "stat.txt").string()));
    EXPECT_EQ(runProcess({"yosys", "-q", "-s", folder / "synth.ys"}).status, 0) << one.name;
    std::istringstream stat(readTextFile(folder / "stat.txt"));
    std::map<std::string, int> cells; // LUTs of all sizes together
    for (std::string name, count, line; std::getline(stat, line);)
      if (std::istringstream(line) >> name >> count && !count.empty() && std::isdigit(count[0]))
        cells[name.starts_with("LUT") ? "LUT" : name] += std::atoi(count.c_str());
    std::printf("%s:", one.name.c_str());
    for (const auto &[name, count] : cells)
      if (std::isupper(name[0]))
        std::printf(" %s %d", name.c_str(), count);
    std::printf("\n");
    EXPECT_GT(cells["LUT"], 0) << one.name;
  }
}

std::string messageOf(const std::function<void()> &action) {
  try {
    action();
  } catch (const InputError &error) {
    return error.what();
  }
  return "no error";
}

TEST(OperatorParameters, RefuseWhatHasNoHardware) {
  EXPECT_EQ(messageOf([] { ropeParameters(RopeBitTrue(16, 10000), 64, 64); }),
            "rope tile 64 does not fit heads of 16 features (a divisor of 8, or whole heads that divide 32)");
  EXPECT_EQ(messageOf([] { checkAttentionTile({.headFeatures = 48, .tile = 32}); }),
            "attention tile 32 does not fit heads of 48 features (a power of two up to 32, or a multiple of 32, that "
            "divides them)");
  const fs::path file = fs::temp_directory_path() / fmt::format("mase-table-{}.toml", getpid());
  writeFile(file, "values = [0, 0.25, -3, 1.5, 2.125, -0.5]\n");
  const Format &table = parseFormat(fmt::format("table({})", file.string()));
  EXPECT_THAT(messageOf([&] { edgeInputParameters(table, "Input"); }),
              ::testing::HasSubstr("has no hardware between operators (integers, small floats and fixed<W,F> have)"));
  fs::remove(file);
}

} // namespace
} // namespace mase
