// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/synthesize.h"

#include "mase/formats/registry.h"
#include "mase/hardware/linear_area.h"
#include "mase/support/error.h"
#include "mase/support/output.h"

#include <cmath>
#include <gmock/gmock.h>

namespace mase {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

#define SKIP_WITHOUT_YOSYS()                                                                                           \
  if (yosysVersion().empty())                                                                                          \
  GTEST_SKIP() << "yosys is not in PATH"

const char *const kTwoRegisters = R"(
module bit_register (input logic clk_i, input logic x_i, input logic y_i, output logic q_o);
  always_ff @(posedge clk_i) q_o <= x_i & y_i;
endmodule
module pair #(parameter int Width = 2) (input logic clk_i, input logic [Width-1:0] x_i, input logic y_i,
                                        output logic [Width-1:0] q_o);
  for (genvar i = 0; i < Width; i = i + 1) begin : g_bit
    bit_register u_bit (.clk_i(clk_i), .x_i(x_i[i]), .y_i(y_i), .q_o(q_o[i]));
  end
endmodule
)";

class Synthesis : public testing::Test {
protected:
  fs::path folder = fs::path(testing::TempDir()) / "mase_synthesis";
  void SetUp() override { fs::remove_all(folder); }
  void TearDown() override { fs::remove_all(folder); }

  SynthesisOptions options(const std::string &text) {
    writeFile(folder / "sv/a.sv", text);
    return {{folder / "sv"}, folder / "cache"};
  }
  std::string errorOf(const SynthesisOptions &options) {
    try {
      synthesizeModule("pair", {{"Width", 3}}, options);
    } catch (const InputError &error) {
      return error.what();
    }
    return "no error";
  }
};

TEST_F(Synthesis, CountsEveryInstanceAndKeepsTheResult) {
  SKIP_WITHOUT_YOSYS();
  SynthesisOptions files = options(kTwoRegisters);
  SynthesisResult first = synthesizeModule("pair", {{"Width", 3}}, files);
  EXPECT_EQ(first.area, (Area{3, 3, 0, 0, 0}));
  EXPECT_FALSE(first.cached);
  SynthesisResult second = synthesizeModule("pair", {{"Width", 3}}, files);
  EXPECT_TRUE(second.cached);
  EXPECT_EQ(second.area, first.area);
  EXPECT_FALSE(synthesizeModule("pair", {{"Width", 5}}, files).cached); // other parameters
  writeFile(folder / "sv/b.sv", "// another source\n");
  EXPECT_FALSE(synthesizeModule("pair", {{"Width", 3}}, files).cached); // other content
}

TEST_F(Synthesis, FaultsAreReported) {
  SynthesisOptions missing = options(kTwoRegisters);
  missing.yosys = "no-such-yosys";
  EXPECT_EQ(errorOf(missing), "no-such-yosys: no such program (Yosys synthesises: install it, or leave this step out)");
  EXPECT_EQ(errorOf({{}, folder}), "no SystemVerilog to synthesise (a folder with .sv files would be right)");
  SKIP_WITHOUT_YOSYS();
  EXPECT_THAT(errorOf(options("module pair; nonsense")), HasSubstr("pair: Yosys fails: "));
  EXPECT_THAT(errorOf(options("module other; endmodule")), HasSubstr("pair: Yosys fails: "));
}

TEST_F(Synthesis, AMemoryIsCountedAsItsFormula) {
  SKIP_WITHOUT_YOSYS();
  SynthesisOptions files = options(R"(
module memory #(parameter int Width = 8, parameter int Bits = 9) (
    input logic clk_i, input logic write_i, input logic [Bits-1:0] a_i, input logic [Width-1:0] x_i,
    output logic [Width-1:0] q_o);
  logic [Width-1:0] word_q [0:(1<<Bits)-1];
  always_ff @(posedge clk_i) begin
    if (write_i) word_q[a_i] <= x_i;
    q_o <= word_q[a_i];
  end
endmodule
)");
  SynthesisResult result = synthesizeModule("memory", {{"Width", 144}, {"Bits", 9}}, files);
  EXPECT_EQ(result.area.bram, 2);
}

TEST(CellCounts, PrimitivesAreLuts) {
  EXPECT_EQ(areaOfCells({{"LUT2", 3}, {"LUT6", 2}, {"CARRY4", 9}, {"FDRE", 4}, {"RAM32M16", 2}, {"INV", 1}}),
            (Area{3 + 2 + 16 + 1, 4, 0, 0, 0}));
  EXPECT_EQ(areaOfCells({{"RAMB18E2", 3}, {"RAMB36E2", 1}, {"URAM288", 2}, {"DSP48E2", 5}}), (Area{0, 0, 5, 3, 2}));
  try {
    areaOfCells({{"LUT9", 1}});
    FAIL();
  } catch (const InputError &error) {
    EXPECT_THAT(error.what(), HasSubstr("cells of type 'LUT9', which has no count (the table is in "
                                        "synthesize.cpp)"));
  }
}

LinearConfig linear(int64_t in, int64_t out, int tileIn, int tileOut, const char *input, const char *weight,
                    const char *output) {
  LinearConfig config;
  config.inFeatures = in;
  config.outFeatures = out;
  config.tileIn = tileIn;
  config.tileOut = tileOut;
  config.input = &parseFormat(input);
  config.weight = &parseFormat(weight);
  config.output = &parseFormat(output);
  return config;
}

// One sample of the model again, afresh: the sources have not moved away from the data.
TEST_F(Synthesis, ASampleOfTheLinearIsStillWhatYosysSays) {
  SKIP_WITHOUT_YOSYS();
  const AreaModel &model = linearAreaModel();
  if (yosysVersion() != model.yosys)
    GTEST_SKIP() << "the samples were made by " << model.yosys << ", here is " << yosysVersion();
  SynthesisOptions options{librarySources(), folder / "cache"};
  for (const AreaSample &sample : model.samples) {
    if (sample.config.macsPerCycle() != 8 || sample.config.tileIn != 8)
      continue;
    SynthesisResult result = synthesizeLinear(sample.config, options);
    EXPECT_EQ(result.area.lut, sample.lut);
    EXPECT_EQ(result.area.ff, sample.ff);
    EXPECT_EQ(result.area.dsp + result.area.bram + result.area.uram, 0);
    return;
  }
  FAIL() << "no sample of tile 8 x 1";
}

TEST_F(Synthesis, TheDspsAreThoseThatAreClaimed) {
  SKIP_WITHOUT_YOSYS();
  LinearConfig config = linear(64, 64, 2, 4, "mxint4", "mxint4", "mxint4");
  config.multiplier = Multiplier::Dsp;
  EXPECT_EQ(synthesizeLinear(config, {librarySources(), folder / "cache"}).area.dsp, 2); // four products in each
  EXPECT_EQ(linearArea(config).dsp, 2);
  config.input = config.weight = &parseFormat("mxfp6_e3m2"); // significands: 3 bits and a sign
  EXPECT_EQ(synthesizeLinear(config, {librarySources(), folder / "cache"}).area.dsp, 2);
}

// Configurations that are no samples.
TEST_F(Synthesis, UnseenLinearsArePredicted) {
  SKIP_WITHOUT_YOSYS();
  for (const AreaSample &sample : linearAreaModel().samples)
    ASSERT_NE(sample.config.inFeatures, 160);
  for (const LinearConfig &unseen :
       {linear(160, 64, 16, 1, "mxint5", "mxint4", "mxint6"), linear(160, 64, 8, 1, "mxfp4", "mxfp6_e3m2", "mxint8")}) {
    Area measured = synthesizeLinear(unseen, {librarySources(), folder / "cache"}).area, predicted = linearArea(unseen);
    EXPECT_LT(std::abs(static_cast<double>(predicted.lut) / static_cast<double>(measured.lut) - 1), 0.15)
        << predicted.lut << " against " << measured.lut;
    EXPECT_LT(std::abs(static_cast<double>(predicted.ff) / static_cast<double>(measured.ff) - 1), 0.15)
        << predicted.ff << " against " << measured.ff;
  }
}

} // namespace
} // namespace mase
