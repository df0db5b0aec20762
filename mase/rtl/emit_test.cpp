// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/emit.h"

#include "mase/formats/registry.h"
#include "mase/rtl/linear_files.h"
#include "mase/rtl/process.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"
#include "mase/support/output.h"

#include <functional>
#include <gmock/gmock.h>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <unistd.h>

namespace fs = std::filesystem;

namespace mase {
namespace {

struct Emit : testing::Test {
  fs::path folder = fs::temp_directory_path() / fmt::format("mase-emit-{}", getpid());
  std::vector<float> numbers = std::vector<float>(64 * 64, 0.25F);
  Design design = {"tiny", {}, {}};

  void SetUp() override {
    add("model.layers.0.self_attn.q_proj");
    add("model.layers.0.self_attn.k_proj");
  }
  void TearDown() override { fs::remove_all(folder); }

  LinearInstance &add(const std::string &name) {
    LinearConfig config;
    config.inFeatures = 64, config.outFeatures = 32, config.tileIn = 32, config.tileOut = 4;
    config.input = &parseFormat("mxint4"), config.weight = &parseFormat("mxint3");
    config.output = &parseFormat("mxint8");
    design.linears.push_back({name, config, {numbers.data(), 32, 64}, {numbers.data(), 3, 64}});
    return design.linears.back();
  }
  std::string message(const EmitOptions &options = {}) {
    try {
      emitDesign(design, options, folder / "out");
    } catch (const InputError &error) {
      return error.what();
    }
    return "no error";
  }
  std::map<std::string, std::string> files() {
    std::map<std::string, std::string> texts;
    for (const fs::directory_entry &entry : fs::recursive_directory_iterator(folder / "out"))
      if (entry.is_regular_file())
        texts[fs::relative(entry.path(), folder / "out")] = readTextFile(entry.path());
    return texts;
  }
};

TEST_F(Emit, WritesEverythingTheManifestNames) {
  emitDesign(design, {}, folder / "out");
  std::map<std::string, std::string> texts = files();
  nlohmann::json manifest = nlohmann::json::parse(texts.at("manifest.json"));
  EXPECT_EQ(manifest.at("kinds").size(), 2u); // both linears are the same, at two tiles
  for (const auto &kind : manifest.at("kinds"))
    for (const char *file : {"module", "header", "synthesis"})
      EXPECT_TRUE(texts.count(kind.at(file))) << kind.at(file);
  for (const auto &linear : manifest.at("linears")) {
    for (const char *file : {"file", "input", "expected"})
      EXPECT_TRUE(texts.count(linear.at(file))) << linear.at(file);
    ASSERT_EQ(linear.at("simulations").size(), 1u);
    EXPECT_TRUE(texts.count(linear.at("simulations")[0].at("weights")));
    EXPECT_EQ(linear.at("simulations")[0].at("tile"), (nlohmann::json{32, 1}));
  }
  EXPECT_TRUE(texts.count("weights/model_layers_0_self_attn_q_proj.t32x4.hex"));
  EXPECT_TRUE(texts.count("sv/mase_linear.sv"));
  for (const auto &[name, text] : texts) {
    if (name.ends_with(".sv") || name.ends_with(".ys") || name.ends_with(".cpp")) {
      EXPECT_THAT(text.substr(0, text.find('\n')), testing::HasSubstr("carries no licence restriction")) << name;
    }
  }
}

/// Words of one stream as hexadecimal lines, scale above elements, from the text of a vectors file (S1, tile 32).
std::string hexadecimalBeats(const std::string &blocks, int bits) {
  std::istringstream in(blocks);
  std::string lines;
  for (int scale = 0; in >> scale;) {
    std::string binary;
    for (int k = 0, q = 0; k < 32 && in >> q; ++k)
      for (int b = 0; b < bits; ++b)
        binary.insert(binary.begin(), static_cast<char>('0' + (q >> b & 1)));
    for (int b = 0; b < 8; ++b)
      binary.insert(binary.size() - static_cast<size_t>(32 * bits + b), 1, static_cast<char>('0' + (scale >> b & 1)));
    for (size_t i = 0; i < binary.size(); i += 4)
      lines += fmt::format("{:x}", std::stoi(binary.substr(i, 4), nullptr, 2));
    lines += '\n';
  }
  return lines;
}

TEST_F(Emit, TheModuleOfALinearReadsItsOwnWeights) { // S3; Icarus instead of the test bench
  if (runProcess({"iverilog", "-V"}).status != 0)
    GTEST_SKIP() << "iverilog is not installed";
  design.linears[0].config.tileOut = 32; // a whole block of outputs a beat
  for (size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = static_cast<float>(static_cast<int>(i * 37 % 101) - 50) / static_cast<float>(1 + i / 32 % 7);
  emitDesign(design, {}, folder / "out");
  std::map<std::string, std::string> texts = files();
  std::string name = "model_layers_0_self_attn_q_proj";
  writeFile(folder / "x.hex", hexadecimalBeats(texts.at("vectors/" + name + ".input.txt"), 4));
  writeFile(folder / "top.sv", fmt::format(R"(module top;
  logic clk = 1'b0, rst = 1'b1, valid = 1'b0;
  logic ready, y_valid;
  logic [135:0] beats [0:5];
  logic [255:0] y_data;
  logic [7:0] y_scale;
  integer sent = 0, received = 0;
  {0} #(.WeightFile("{1}/out/weights/{0}.t32x32.hex")) u_linear (
    .clk_i(clk), .rst_i(rst), .x_data_i(beats[sent][127:0]), .x_scale_i(beats[sent][135:128]), .x_valid_i(valid),
    .x_ready_o(ready), .y_data_o(y_data), .y_scale_o(y_scale), .y_valid_o(y_valid), .y_ready_i(1'b1));
  always #1 clk = ~clk;
  initial begin
    $readmemh("{1}/x.hex", beats);
    #4 rst = 1'b0;
    #1 valid = 1'b1;
    #4000 $finish;
  end
  always @(negedge clk) if (!rst) begin
    if (y_valid) begin
      $display("%h", {{y_scale, y_data}});
      received = received + 1;
      if (received == 3) $finish;
    end
  end
  always @(posedge clk) if (valid & ready) begin
    sent <= (sent == 5) ? 5 : sent + 1;
    if (sent == 5) valid <= 1'b0;
  end
endmodule
)",
                                           name, folder.string()));
  std::vector<std::string> command = {"iverilog", "-g2012", "-s", "top", "-o", folder / "top", folder / "top.sv"};
  for (const auto &[file, text] : texts)
    if (file.starts_with("sv/") || file.ends_with(name + ".sv") || file.ends_with("t32x32.sv"))
      command.push_back(folder / "out" / file);
  ProcessResult compiled = runProcess(command);
  ASSERT_EQ(compiled.status, 0) << compiled.output;
  EXPECT_EQ(runProcess({folder / "top"}).output, hexadecimalBeats(texts.at("vectors/" + name + ".expected.txt"), 8));
}

TEST_F(Emit, TheSynthesisScriptFindsItsFiles) { // the synthesis itself takes seconds: only the design is read here
  if (runProcess({"yosys", "-V"}).status != 0)
    GTEST_SKIP() << "yosys is not installed";
  emitDesign(design, {}, folder / "out");
  std::string kind = "linear_64x32_mxint4_mxint3_mxint8_t32x1", script = files().at("synth/" + kind + ".ys");
  size_t synthesis = script.find("synth_xilinx");
  ASSERT_NE(synthesis, std::string::npos);
  writeFile(folder / "read.ys", script.substr(0, synthesis) + "hierarchy -check -top " + kind + "\nproc\n");
  ProcessResult result = runProcess({"env", "-C", folder / "out", "yosys", "-q", "-s", folder / "read.ys"});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.output, "");
}

TEST_F(Emit, TheSameDesignGivesTheSameBytes) {
  emitDesign(design, {}, folder / "out");
  std::map<std::string, std::string> first = files();
  emitDesign(design, {}, folder / "out");
  EXPECT_EQ(files(), first);
}

TEST_F(Emit, ModuleNamesAreIdentifiers) {
  EXPECT_EQ(moduleName("model.layers.0.q-proj"), "model_layers_0_q_proj");
  EXPECT_EQ(moduleName("0.weight"), "linear_0_weight");
}

TEST_F(Emit, TwoTablesOfOneNameAreRefused) {
  writeFile(folder / "a/b.toml", "values = [-1, 0, 1]\n");
  writeFile(folder / "a_b.toml", "values = [-1, 0, 1, 0.5]\n");
  auto table = [&](const char *name) { return &parseFormat(fmt::format("table({})", (folder / name).string())); };
  design.linears[0].config.weight = table("a/b.toml");
  EXPECT_EQ(message(), "no error");
  design.linears[1].config.weight = table("a_b.toml");
  EXPECT_THAT(message(), testing::HasSubstr("of two linears make the same file name 'linear_64x32_mxint4_table_"));
}

TEST_F(Emit, EveryFaultIsNamed) {
  using testing::HasSubstr;
  EXPECT_THAT(message({32, 1, {"lm_head"}}),
              HasSubstr("lm_head: is to be simulated at its mapped tile, but the design has no such linear"));
  EXPECT_THAT(message({0, 1, {}}), HasSubstr("input tile 0 does not fit 64 features"));
  add("model_layers.0.self_attn.q_proj");
  EXPECT_THAT(message(), HasSubstr("another linear has the module name 'model_layers_0_self_attn_q_proj' too "
                                   "(names must differ in a letter or digit)"));
  design.linears.back().weight.rows = 31;
  EXPECT_THAT(message(), HasSubstr("weight is 31 x 64 (32 x 64 is the linear's shape)"));
  design.linears.back().weight.rows = 32;
  design.linears.back().bias = {numbers.data(), 31};
  EXPECT_THAT(message(), HasSubstr("31 biases (0 would be one for each output)"));
  design.linears.back().bias = {};
  design.linears.back().activation.rows = 0;
  EXPECT_THAT(message(), HasSubstr("input vectors are 0 x 64 (one or more rows of 64 are needed)"));
  design.linears.back().config.tileOut = 3;
  EXPECT_THAT(message(), HasSubstr("output tile 3 does not fit 32 features"));
  EXPECT_FALSE(fs::exists(folder / "out"));
}

} // namespace
} // namespace mase
