// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The SystemVerilog library in the three tools that users have: Verilator, Yosys and Icarus. Each part is skipped where
// its tool is not installed. MASE_VERIFY=1 in the environment proves every pair of widths (minutes).
#include "mase/formats/registry.h"
#include "mase/ops/linear/hardware.h"
#include "mase/rtl/embedded.h"
#include "mase/rtl/process.h"
#include "mase/support/output.h"

#include <array>
#include <cstdlib>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace mase {
namespace {

struct Library : testing::Test {
  fs::path folder = fs::temp_directory_path() / fmt::format("mase-library-{}", getpid());
  std::vector<std::string> files;

  void SetUp() override {
    for (const EmbeddedFile &file : systemVerilogLibrary) {
      writeFile(folder / file.name, file.text);
      if (file.name != "mase_weight_memory.sv") // Yosys wants its file of weights
        files.push_back(folder / file.name);
    }
    ASSERT_GT(files.size(), 10u);
  }
  void TearDown() override { fs::remove_all(folder); }

  static bool installed(const char *tool, const char *question) { return runProcess({tool, question}).status == 0; }
  std::string joined() const { return fmt::format("{}", fmt::join(files, " ")); }
};

/// They reach every branch of the generate blocks, among them a row of a single beat.
struct Shape {
  int in, out, tileIn, tileOut;
  const char *input, *weight, *output;
  Multiplier multiplier = Multiplier::CarryRows;
  bool bias = false;
};
const Shape shapes[] = {
    {128, 64, 32, 1, "mxint6", "mxint4", "mxint8"},
    {128, 64, 8, 4, "mxint4", "mxint6", "mxint8"},
    {128, 64, 64, 2, "mxint2", "mxint8", "mxint8"},
    {64, 64, 2, 64, "mxint8", "mxint8", "mxint8"},
    {64, 32, 1, 1, "mxint3", "mxint2", "mxint8"},
    {32, 32, 32, 2, "mxint5", "mxint5", "mxint8"},
    {64, 32, 8, 2, "mxfp4", "mxfp8_e4m3", "mxfp6_e3m2"},
    {64, 32, 4, 2, "mxfp8_e5m2", "bl8", "mxfp8_e5m2"},
    {128, 32, 64, 1, "bmf<1,4>", "mxint4", "bl8"},
    {64, 32, 8, 1, "bmf<4,8>", "bl3", "bmf<6,8>"},
    {64, 32, 32, 1, "mxint8", "nvfp4", "mxfp4"},
    {64, 32, 8, 1, "mxint8", "int8", "mxint8"},
    {64, 32, 8, 2, "int8/0.1", "int8", "int8/0.1"},
    {96, 32, 32, 1, "mxint8", "mxint4", "fixed<8,4>"},
    {64, 32, 64, 4, "fixed<6,2>", "fixed<8,7>", "mxint8"},
    {64, 32, 1, 1, "int8/0.1", "mxint4", "fixed<16,8>"},
    {64, 32, 8, 1, "mxint8/e5", "mxfp4/e4", "mxint6/e4"},
    {64, 32, 8, 4, "mxfp4/e7", "mxint4", "mxfp4/e6"},
    {64, 32, 8, 1, "mxint6", "mxint4", "table(nf4_8)"},
    {64, 32, 32, 1, "mxint8", "int8:row", "mxint8"},
    {128, 32, 8, 2, "int8/0.1", "int8:row", "int8/0.1"},
    {64, 32, 32, 1, "mxint8", "mxint4:1x8", "mxint8"},
    {64, 32, 8, 4, "mxint8", "mxint8", "mxint8", Multiplier::Dsp},
    {64, 64, 64, 8, "mxint4", "mxint5", "mxint8", Multiplier::Dsp},
    {64, 32, 1, 16, "mxint3", "mxint3", "mxint8", Multiplier::Dsp},
    {64, 32, 8, 8, "mxfp8_e4m3", "mxfp6_e3m2", "mxint8", Multiplier::Dsp},
    {64, 32, 32, 1, "mxint8", "nvfp4", "mxint8", Multiplier::Dsp},
    {64, 32, 8, 4, "fixed<8,6>", "fixed<8,7>", "int8/0.1", Multiplier::Dsp},
    {64, 32, 8, 2, "mxint8", "mxint4", "mxint8", Multiplier::CarryRows, true},
    {64, 32, 64, 1, "int8/0.1", "int8:row", "int8/0.1", Multiplier::CarryRows, true},
    {64, 32, 2, 1, "fixed<2,1>", "int2", nullptr, Multiplier::CarryRows, true},
};

/// Parameters of `mase_linear` for a shape.
std::vector<std::pair<std::string, int64_t>> parametersOf(const Shape &shape) {
  LinearConfig config;
  config.inFeatures = shape.in, config.outFeatures = shape.out;
  config.tileIn = shape.tileIn, config.tileOut = shape.tileOut;
  config.input = &parseFormat(shape.input), config.weight = &parseFormat(shape.weight);
  config.output = shape.output ? &parseFormat(shape.output) : nullptr;
  config.multiplier = shape.multiplier, config.hasBias = shape.bias;
  return linearParameters(config);
}

TEST_F(Library, VerilatorFindsNothingToSay) {
  if (!installed("verilator", "--version"))
    GTEST_SKIP() << "verilator is not installed";
  for (const Shape &s : shapes)
    for (const char *define : {"-DSIMULATION", "-DSYNTHESIS"}) {
      std::vector<std::string> command = {"verilator", "--lint-only", "-Wall", define, "--top-module", "mase_linear"};
      for (const auto &[name, value] : parametersOf(s))
        command.push_back(fmt::format("-G{}={}", name, value));
      command.insert(command.end(), files.begin(), files.end());
      ProcessResult result = runProcess(command);
      EXPECT_EQ(result.status, 0);
      EXPECT_EQ(result.output, "") << s.input << " " << s.tileIn << " x " << s.tileOut;
    }
  EXPECT_EQ(runProcess({"verilator", "--lint-only", "-Wall", folder / "mase_weight_memory.sv"}).output, "");
}

TEST_F(Library, IcarusElaboratesEverything) {
  if (!installed("iverilog", "-V"))
    GTEST_SKIP() << "iverilog is not installed";
  for (const Shape &s : shapes) {
    std::string parameters;
    for (const auto &[name, value] : parametersOf(s))
      parameters += fmt::format("{}.{}({})", parameters.empty() ? "" : ", ", name, value);
    writeFile(folder / "top.sv", fmt::format("module top;\n  mase_linear #({}) u_linear ();\nendmodule\n", parameters));
    std::vector<std::string> command = {"iverilog", "-g2012", "-t", "null", "-s", "top", folder / "top.sv"};
    command.insert(command.end(), files.begin(), files.end());
    ProcessResult result = runProcess(command);
    EXPECT_EQ(result.status, 0) << s.input << " " << s.tileIn << " x " << s.tileOut;
    EXPECT_EQ(result.output, "");
  }
}

TEST_F(Library, YosysElaboratesEverything) {
  if (!installed("yosys", "-V"))
    GTEST_SKIP() << "yosys is not installed";
  std::string script = "read_verilog -sv " + joined() + "\ndesign -save library\n";
  for (const Shape &s : shapes) {
    script += "design -load library\nchparam";
    for (const auto &[name, value] : parametersOf(s))
      script += fmt::format(" -set {} {}", name, value);
    script += " mase_linear\nhierarchy -check -top mase_linear\nproc\ncheck -assert\n";
  }
  writeFile(folder / "check.ys", script);
  ProcessResult result = runProcess({"yosys", "-q", "-s", folder / "check.ys"});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.output, "");
}

TEST_F(Library, CarryRowsAreRightForEveryOperand) { // A4: exhaustive, all widths from 2 to 8 bits
  if (!installed("iverilog", "-V"))
    GTEST_SKIP() << "iverilog is not installed";
  writeFile(folder / "top.sv", R"(module top;
  logic failed = 1'b0;
  for (genvar a = 2; a <= 8; a = a + 1) begin : g_a
    for (genvar b = 2; b <= 8; b = b + 1) begin : g_b
      logic signed [a-1:0] x;
      logic signed [b-1:0] w;
      logic signed [a+b-1:0] want;
      logic [a+b-1:0] got;
      integer i;
      mase_mx_mul #(.ABits(a), .BBits(b)) u_mul (.a_i(x), .b_i(w), .y_o(got));
      initial for (i = 0; i < (1 << (a + b)); i = i + 1) begin
        {x, w} = i;
        want = x * w;
        #1 if (got !== want) failed = 1'b1;
      end
    end
  end
  initial #70000 $display("%0s", failed ? "different" : "equal");
endmodule
)");
  ProcessResult compiled = runProcess({"iverilog", "-g2012", "-DSYNTHESIS", "-s", "top", "-o", folder / "top",
                                       folder / "top.sv", folder / "mase_mx_mul.sv"});
  ASSERT_EQ(compiled.status, 0) << compiled.output;
  EXPECT_THAT(runProcess({folder / "top"}).output, testing::HasSubstr("equal"));
}

/// Yosys proves both forms of the multiplier equal for all operands.
ProcessResult proveMultiplier(const fs::path &folder, const std::vector<std::pair<int, int>> &widths) {
  std::string file = folder / "mase_mx_mul.sv";
  std::string script = "read_verilog -sv -nosynthesis " + file + "\nrename mase_mx_mul operator\nread_verilog -sv " +
                       file + "\nrename mase_mx_mul rows\ndesign -save both\n";
  for (auto [a, b] : widths)
    script += fmt::format("design -load both\nchparam -set ABits {} -set BBits {} operator rows\nhierarchy -check\n"
                          "proc\nmiter -equiv -flatten -make_assert operator rows miter\nhierarchy -top miter\n"
                          "opt -full\nselect -assert-min 10 miter/*\nsat -verify -prove-asserts miter\n",
                          a, b);
  writeFile(folder / "prove.ys", script);
  return runProcess({"yosys", "-q", "-s", folder / "prove.ys"});
}

TEST_F(Library, CarryRowsMultiplyAsTheOperatorDoes) { // A4
  if (!installed("yosys", "-V"))
    GTEST_SKIP() << "yosys is not installed";
  const bool all = std::getenv("MASE_VERIFY") != nullptr;
  std::vector<std::pair<int, int>> widths;
  for (int a = 2; a <= 8; ++a)
    for (int b = 2; b <= 8; ++b)
      if (all || a + b <= 12)
        widths.emplace_back(a, b);
  ProcessResult result = proveMultiplier(folder, widths);
  EXPECT_EQ(result.status, 0) << result.output;

  // The proof bites: a sign row that is added instead of subtracted is found.
  std::string text;
  for (const EmbeddedFile &file : systemVerilogLibrary)
    if (file.name == "mase_mx_mul.sv")
      text = file.text;
  size_t at = text.find("above - partial");
  ASSERT_NE(at, std::string::npos);
  writeFile(folder / "mase_mx_mul.sv", text.replace(at, 15, "above + partial"));
  EXPECT_NE(proveMultiplier(folder, {{4, 3}}).status, 0);
}

/// As many products as a slice of 27 x 18 bits takes, at most `most` (docs/rtl.md).
int packed(int a, int b, int most) { return std::min(most, (27 - b) / (a + b - 1) + 1); }

TEST_F(Library, PackedProductsAreRightForEveryOperand) { // A4: every a and b, in every field, among other extremes
  if (!installed("iverilog", "-V"))
    GTEST_SKIP() << "iverilog is not installed";
  writeFile(folder / "top.sv", R"(module top;
  integer wrong = 0, compared = 0;
  for (genvar a = 2; a <= 8; a = a + 1) begin : g_a
    for (genvar b = 2; b <= 8; b = b + 1) begin : g_b
      localparam int Count = (27 - b) / (a + b - 1) + 1;
      localparam int Spacing = a + b - 1;
      localparam int Most = (1 << (b - 1)) - 1;
      logic signed [a-1:0] x;
      logic signed [b-1:0] w;
      logic signed [Spacing-1:0] want, other;
      logic signed [b-1:0] extreme;
      logic [Count*b-1:0] weights;
      logic [Count*Spacing-1:0] field;
      logic [Count-1:0] carry;
      integer i, n, k, o;
      mase_mx_pack #(.ABits(a), .BBits(b), .Count(Count)) u_pack (
        .a_i(x), .b_i(weights), .field_o(field), .carry_o(carry));
      initial for (i = 0; i < (1 << (a + b)); i = i + 1) begin
        {x, w} = i;
        n = (i ^ (i >> b)) % Count;                      // the field of w
        if (x != -(1 << (a - 1)) && w != -(1 << (b - 1))) // A1
          for (k = 0; k < ((a + b > 11) ? 1 : 5); k = k + 1) begin
            for (o = 0; o < Count; o = o + 1) begin
              extreme = (k == 0) ? (((i >> o) & 1) ? -Most : i % Most) : (k == 1) ? -Most : (k == 2) ? 0 : (k == 3) ? -1 : Most;
              weights[o*b +: b] = (o == n) ? w : extreme;
            end
            #1 for (o = 0; o < Count; o = o + 1) begin
              extreme = weights[o*b +: b];
              want = x * extreme;
              other = field[o*Spacing +: Spacing] + carry[o];
              compared = compared + 1;
              if (other !== want) wrong = wrong + 1;
            end
          end
      end
    end
  end
  initial #70000 $display("%0d of %0d wrong", wrong, compared);
endmodule
)");
  auto run = [&] {
    ProcessResult compiled = runProcess({"iverilog", "-g2012", "-DSYNTHESIS", "-s", "top", "-o", folder / "top",
                                         folder / "top.sv", folder / "mase_mx_pack.sv"});
    return compiled.output + (compiled.status == 0 ? runProcess({folder / "top"}).output : "");
  };
  int64_t vectors = 0;
  for (int a = 2; a <= 8; ++a)
    for (int b = 2; b <= 8; ++b)
      vectors += int64_t{a + b > 11 ? 1 : 5} * ((1 << a) - 1) * ((1 << b) - 1) * packed(a, b, 99);
  EXPECT_EQ(run(), fmt::format("0 of {} wrong\n", vectors));
}

/// Yosys proves packed products equal to those of the operator, for all operands of symmetric elements.
ProcessResult provePacked(const fs::path &folder, const std::vector<std::array<int, 3>> &cases) {
  writeFile(folder / "fields.sv", R"(module fields #(parameter int A = 4, parameter int B = 4, parameter int N = 2) (
  input logic signed [A-1:0] a_i, input logic [N*B-1:0] b_i);
  localparam int Spacing = A + B - 1;
  logic [N*Spacing-1:0] field;
  logic [N-1:0] carry;
  mase_mx_pack #(.ABits(A), .BBits(B), .Count(N)) u_pack (.a_i(a_i), .b_i(b_i), .field_o(field), .carry_o(carry));
  always_comb assume (a_i != {1'b1, {(A-1){1'b0}}});
  for (genvar n = 0; n < N; n = n + 1) begin : g_field
    logic signed [B-1:0] b;
    logic signed [Spacing-1:0] want, got;
    assign b = b_i[n*B +: B];
    assign want = a_i * b;
    assign got = field[n*Spacing +: Spacing] + carry[n];
    always_comb begin
      assume (b != {1'b1, {(B-1){1'b0}}});
      assert (got == want);
    end
  end
endmodule
)");
  std::string script = "read_verilog -sv -formal " + (folder / "mase_mx_pack.sv").string() + " " +
                       (folder / "fields.sv").string() + "\ndesign -save all\n";
  for (auto [a, b, n] : cases)
    script += fmt::format("design -load all\nchparam -set A {} -set B {} -set N {} fields\nhierarchy -check -top "
                          "fields\nproc\nflatten\nopt -full\nselect -assert-min 1 t:$assert\n"
                          "sat -verify -prove-asserts -set-assumes fields\n",
                          a, b, n);
  writeFile(folder / "prove.ys", script);
  return runProcess({"yosys", "-q", "-s", folder / "prove.ys"});
}

TEST_F(Library, PackedProductsAreThoseOfTheOperator) { // A4
  if (!installed("yosys", "-V"))
    GTEST_SKIP() << "yosys is not installed";
  const bool all = std::getenv("MASE_VERIFY") != nullptr;
  std::vector<std::array<int, 3>> cases;
  for (int a = 2; a <= 5; ++a)
    for (int b = 2; b <= 5; ++b) {
      if (all || a + b <= 8)
        cases.push_back({a, b, 2});
      if (a + b <= 6)
        cases.push_back({a, b, 3});
    }
  ProcessResult result = provePacked(folder, cases);
  EXPECT_EQ(result.status, 0) << result.output;

  // The proof bites: without the unit that products below have taken, the next one is wrong.
  std::string text;
  for (const EmbeddedFile &file : systemVerilogLibrary)
    if (file.name == "mase_mx_pack.sv")
      text = file.text;
  const std::string right = "product[n*Spacing-1];";
  size_t at = text.find(right);
  ASSERT_NE(at, std::string::npos);
  writeFile(folder / "mase_mx_pack.sv", text.replace(at, right.size(), "1'b0;"));
  EXPECT_NE(provePacked(folder, {{3, 3, 2}}).status, 0);
}

} // namespace
} // namespace mase
