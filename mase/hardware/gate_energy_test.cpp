// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Energy in standard cells: those of a small library of our own, or of the one that MASE_LIBERTY names.
#include "mase/formats/registry.h"
#include "mase/formats/sqnr.h"
#include "mase/hardware/dot_energy.h"
#include "mase/hardware/yosys_run.h"
#include "mase/support/error.h"
#include "mase/support/output.h"

#include <cstdlib>
#include <gmock/gmock.h>

namespace mase {
namespace {

namespace fs = std::filesystem;
using testing::EndsWith;
using testing::HasSubstr;

const char *const kCells = R"lib(/* five cells: abc wants a buffer */
library (own) {
  nom_voltage : 2.0; capacitive_load_unit (1, pf);
  cell (BUF)  { area : 2; pin (A) { direction : input; capacitance : 0.01; }
                pin (Y) { direction : output; function : "A"; } }
  cell (INV)  { area : 1; pin (A) { direction : input; capacitance : 0.01; }
                pin (Y) { direction : output; function : "(!A)"; } }
  cell (NAND) { area : 2; pin(A) { direction : input; capacitance : 0.02; }
                pin(B) { direction : input; capacitance : 0.02; }
                pin(Y) { direction : output; function : "!(A B)";
                  internal_power() { related_pin : "A";
                    rise_power(t) { values("0.3, 9", \
                                           "9, 9"); }
                    fall_power(t) { values("0.1"); } } } }
  cell (NOR)  { area : 2; pin(A) { direction : input; capacitance : 0.02; }
                pin(B) { direction : input; capacitance : 0.02; }
                pin(Y) { direction : output; function : "(A+B)'"; } }
  cell (DFF)  { area : 6; ff (IQ, IQN) { next_state : "D"; clocked_on : "CK"; }
                pin(D) { direction : input; capacitance : 0.01; }
                pin(CK) { direction : input; clock : true; capacitance : 0.05; }
                pin(Q) { direction : output; function : "IQ"; } }
}
)lib";

struct Gates : testing::Test {
  fs::path folder = fs::path(testing::TempDir()) / "mase_gates";
  void SetUp() override {
    fs::remove_all(folder);
    writeFile(folder / "own.lib", kCells);
  }
  void TearDown() override { fs::remove_all(folder); }
  Liberty library() const { return readLiberty(folder / "own.lib"); }
  std::string errorOf(const std::string &text) const {
    writeFile(folder / "bad.lib", text);
    try {
      readLiberty(folder / "bad.lib");
    } catch (const InputError &error) {
      return error.what();
    }
    return "no error";
  }
};

TEST_F(Gates, ALibraryIsRead) {
  const Liberty cells = library();
  EXPECT_EQ(cells.voltage, 2);
  ASSERT_EQ(cells.cells.size(), 5u);
  EXPECT_EQ(cells.cells.at("NAND").area, 2);
  EXPECT_NEAR(cells.cells.at("NAND").pins.at("Y").internalEnergy, 0.2, 1e-12); // of rise and fall, first values
  EXPECT_EQ(cells.cells.at("DFF").nextState, "D");
  EXPECT_EQ(cells.cells.at("DFF").clock, "CK");
  EXPECT_THAT(errorOf("library (x) {\n cell (y) {"),
              EndsWith("bad.lib:2: not a liberty file ('library (NAME) { cell (NAME) { ... } }' would be right)"));
  EXPECT_THAT(errorOf("cell (x) { }"), HasSubstr("not a liberty file"));
  EXPECT_THAT(errorOf("library (x) { cell (y) { } }"),
              EndsWith("the library has no nom_voltage, without which capacitance is no energy"));
  EXPECT_THAT(errorOf("library (x) { nom_voltage : 1; }"), EndsWith("the library has no cells"));
}

TEST_F(Gates, FunctionsAreThoseOfLiberty) {
  const std::map<std::string, int> names = {{"A", 0}, {"B", 1}, {"C", 2}};
  const std::vector<uint64_t> values = {0b11110000, 0b11001100, 0b10101010};
  auto of = [&](const char *text) { return LibertyFunction(text, names).evaluate(values) & 0xff; };
  EXPECT_EQ(of("A B + C"), 0b11101010u);
  EXPECT_EQ(of("A*(B|C)"), 0b11100000u);
  EXPECT_EQ(of("!A ^ B"), 0b11000011u);
  EXPECT_EQ(of("(A&B)' C"), 0b00101010u);
  EXPECT_EQ(of("1"), 0xffu);
  for (const char *wrong : {"A +", "D", "(A", "A)", ""}) {
    try {
      of(wrong);
      ADD_FAILURE() << wrong;
    } catch (const InputError &error) {
      EXPECT_EQ(error.what(), fmt::format("'{}' is no function of a cell's pins", wrong));
    }
  }
}

TEST_F(Gates, AChangeCostsItsPins) {
  // data 0, 1 -> NAND -> INV -> DFF -> output
  GateNetlist netlist;
  netlist.nets = 7, netlist.inputs = {2, 3}, netlist.outputs = {6};
  netlist.gates = {{"DFF", {{"D", 5}, {"CK", 0}, {"Q", 6}}},
                   {"NAND", {{"A", 2}, {"B", 3}, {"Y", 4}}},
                   {"INV", {{"A", 4}, {"Y", 5}}}};
  const GateActivity activity = simulateGates(netlist, library(), {{false, true}, {true, true}, {true, false}});
  EXPECT_EQ(activity.area, 9);
  EXPECT_EQ(activity.outputs, (std::vector<std::vector<bool>>{{false}, {true}, {false}})); // and, a cycle early
  // In two cycles A changes once and B once (0.02), the NAND's output twice (0.01 and 0.2 inside), the INV's twice
  // (0.01).
  const double half = 2.0 * 2.0 / 2, clock = 2 * 0.05 * half;
  EXPECT_NEAR(activity.energy, clock + (2 * 0.02 * half + 2 * (0.01 * half + 0.2) + 2 * 0.01 * half) / 2, 1e-12);

  std::vector<std::vector<bool>> many; // across the words of 64 cases
  for (int i = 0; i < 200; ++i)
    many.push_back({i % 2 == 0, true});
  EXPECT_NEAR(simulateGates(netlist, library(), many).energy, clock + 0.02 * half + 0.01 * half + 0.2 + 0.01 * half,
              1e-9);
  netlist.gates[0].cell = "LATCH";
  try {
    simulateGates(netlist, library(), {{false, true}});
    ADD_FAILURE();
  } catch (const InputError &error) {
    EXPECT_STREQ(error.what(), "the netlist has a cell 'LATCH', which the liberty file has not");
  }
}

TEST_F(Gates, ALoopIsRefused) {
  GateNetlist netlist;
  netlist.nets = 4, netlist.gates = {{"INV", {{"A", 2}, {"Y", 3}}}, {"INV", {{"A", 3}, {"Y", 2}}}};
  try {
    simulateGates(netlist, library(), {{}});
    ADD_FAILURE();
  } catch (const InputError &error) {
    EXPECT_STREQ(error.what(), "the netlist has a loop, whose energy has no meaning here");
  }
}

/// Of 20 pairs of blocks.
DotEnergy energyOf(const char *name, const fs::path &liberty, const fs::path &cache, bool constant) {
  const std::vector<float> values = constant ? std::vector<float>(640, 1.0F) : gaussianSample(640, 1);
  DotOperands operands;
  const Format &format = parseFormat(name);
  operands.add(format, {values.data(), 1, 640}, 0, format, {values.data(), 1, 640}, 0);
  EXPECT_EQ(operands.count(), 20u);
  return dotEnergy(format, format, operands, liberty, cache);
}

TEST_F(Gates, WiderProductsTakeMore) {
  if (yosysVersion().empty())
    GTEST_SKIP() << "yosys is not in PATH";
  const char *real = std::getenv("MASE_LIBERTY"); // another library to try
  const fs::path cells = real ? fs::path(real) : folder / "own.lib";
  const DotEnergy two = energyOf("mxint2", cells, folder / "cache", false),
                  three = energyOf("mxint3", cells, folder / "cache", false);
  EXPECT_GT(two.perProduct, 0);
  EXPECT_GT(three.perProduct, 1.3 * two.perProduct);
  EXPECT_GT(three.area, two.area);
  // Operands that do not change cost the clock alone; the netlist comes from the cache.
  EXPECT_LT(energyOf("mxint3", cells, folder / "cache", true).perProduct, three.perProduct / 2);
}

TEST_F(Gates, TheNetlistComputesTheDotProduct) {
  if (yosysVersion().empty())
    GTEST_SKIP() << "yosys is not in PATH";
  const std::string top = "module sum (input wire clk_i, input wire [5:0] data_i, output reg [3:0] data_o);\n"
                          "  always @(posedge clk_i) data_o <= data_i[5:3] + data_i[2:0];\nendmodule\n";
  const GateNetlist netlist = mapToCells("sum", top, {}, folder / "own.lib", folder / "cache");
  std::vector<std::vector<bool>> vectors;
  for (int i = 0; i < 64; ++i) {
    std::vector<bool> &bits = vectors.emplace_back();
    for (int b = 0; b < 6; ++b)
      bits.push_back((i >> b & 1) != 0);
  }
  const GateActivity activity = simulateGates(netlist, library(), vectors);
  for (int i = 0; i < 64; ++i)
    for (int b = 0; b < 4; ++b)
      EXPECT_EQ(activity.outputs[static_cast<size_t>(i)][static_cast<size_t>(b)], (((i >> 3) + (i & 7)) >> b & 1) != 0);
  try {
    mapToCells("sum", "module other; endmodule\n", {}, folder / "own.lib", folder / "cache");
    ADD_FAILURE();
  } catch (const InputError &error) {
    EXPECT_THAT(error.what(), HasSubstr("sum: Yosys fails: "));
  }
}

} // namespace
} // namespace mase
