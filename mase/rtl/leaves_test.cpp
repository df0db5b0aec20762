// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The leaves that decode, multiply and round elements, in Icarus, against the formats' own C++: every pair of codes,
// every magnitude. Each family with itself, and mixed pairs. Skipped where Icarus is not installed.
#include "mase/formats/registry.h"
#include "mase/ops/linear/hardware.h"
#include "mase/ops/linear/operands.h"
#include "mase/rtl/embedded.h"
#include "mase/rtl/process.h"
#include "mase/support/output.h"

#include <cmath>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace mase {
namespace {

struct Leaves : testing::Test {
  fs::path folder = fs::temp_directory_path() / fmt::format("mase-leaves-{}", getpid());
  std::vector<std::string> files;

  void SetUp() override {
    if (runProcess({"iverilog", "-V"}).status != 0)
      GTEST_SKIP() << "iverilog is not installed";
    for (const EmbeddedFile &file : systemVerilogLibrary)
      if (file.name.starts_with("mase_element") || file.name.starts_with("mase_float") ||
          file.name.starts_with("mase_mx_mul") || file.name.starts_with("mase_mx_round") ||
          file.name.starts_with("mase_mx_align")) {
        files.push_back(folder / file.name);
        writeFile(files.back(), file.text);
      }
  }
  void TearDown() override { fs::remove_all(folder); }

  /// What a top module prints that has `expected`, a word a line, in want.hex.
  std::string run(const std::string &top, const std::string &expected) {
    writeFile(folder / "want.hex", expected);
    writeFile(folder / "top.sv", top);
    std::vector<std::string> command = {"iverilog", "-g2012", "-DSYNTHESIS",  "-s",
                                        "top",      "-o",     folder / "top", folder / "top.sv"};
    command.insert(command.end(), files.begin(), files.end());
    ProcessResult compiled = runProcess(command);
    return compiled.output + (compiled.status == 0 ? runProcess({folder / "top"}).output : "");
  }

  std::string products(const std::string &first, const std::string &second, bool wholes);
  std::string rounded(const std::string &name);
};

/// Whether hardware decodes an element to an integer alone (A17).
bool isWhole(const LinearOperand &x) { return x.significandBits + x.maxShift <= 7; }

/// A table's parameter (A17).
std::string tableOf(const LinearOperand &x) {
  LinearConfig config;
  config.input = config.output = &parseFormat("mxint4"), config.weight = x.format;
  return linearTables(config).front().second;
}

/// A18, or none where a code is no number.
std::string productOf(const LinearOperand &a, const LinearOperand &b, uint32_t codeA, uint32_t codeB) {
  const ProductWindow window = productWindow(a, b);
  if (!std::isfinite(a.format->element().decode(codeA)) || !std::isfinite(b.format->element().decode(codeB)))
    return "0";
  const ElementInteger x = a.format->elementInteger(codeA), y = b.format->elementInteger(codeB);
  const double exact = std::ldexp(x.significand * y.significand, x.shift + y.shift - window.dropped);
  const auto product = static_cast<int64_t>(std::floor(exact + (window.dropped > 0 ? 0.5 : 0)));
  const uint64_t mask = (uint64_t{2} << window.bits) - 1;
  return fmt::format("{:x}", (static_cast<uint64_t>(product) & mask) | (mask + 1)); // a one on top: to be compared
}

std::string Leaves::products(const std::string &first, const std::string &second, bool wholes) {
  const LinearOperand a = linearOperand(&parseFormat(first), "a"), b = linearOperand(&parseFormat(second), "b");
  std::string expected;
  for (uint32_t i = 0; i < 1U << (a.bits + b.bits); ++i)
    expected += productOf(a, b, i >> b.bits, i & ((1U << b.bits) - 1)) + "\n";
  auto decoder = [&](const char *name, const LinearOperand &x) {
    const bool whole = wholes || isWhole(x);
    return fmt::format(R"(
  localparam int {0}Integer = 1 + {1} + {2}, {0}Shift = {3};
  localparam int {0}Element = {0}Integer + (({0}Shift == 0) ? 0 : $clog2({0}Shift + 1));
  logic [{4}-1:0] {0}_code;
  logic [{0}Element-1:0] {0};
  mase_element_decode #(.Bits({4}), .ExponentBits({5}), .MaxShift({6}), .Fixed({7}){8}) u_{0} (
    .code_i({0}_code), .element_o({0}));)",
                       name, x.significandBits, whole ? x.maxShift : 0, whole ? 0 : x.maxShift, x.bits,
                       x.layout.exponentBits, x.maxShift, whole ? 1 : 0,
                       x.isTable() ? fmt::format(", .TableBits({}), .Table({})", x.significandBits, tableOf(x)) : "");
  };
  return run(fmt::format(R"(module top;{}{}
  localparam int Window = {};
  logic [Window:0] got;
  logic [Window+1:0] want [0:(1<<{})-1];
  integer i, wrong = 0, compared = 0;
  mase_element_product #(.ABits(aInteger), .AMaxShift(aShift), .BBits(bInteger), .BMaxShift(bShift),
                         .WindowBits(Window)) u_product (.a_i(a), .b_i(b), .product_o(got));
  initial begin
    $readmemh("{}/want.hex", want);
    for (i = 0; i < (1 << {}); i = i + 1) begin
      {{a_code, b_code}} = i;
      #1 if (want[i][Window+1]) begin
        compared = compared + 1;
        if (got !== want[i][Window:0]) wrong = wrong + 1;
      end
    end
    $display("%0d of %0d wrong", wrong, compared);
  end
endmodule
)",
                         decoder("a", a), decoder("b", b), productWindow(a, b).bits, a.bits + b.bits, folder.string(),
                         a.bits + b.bits),
             expected);
}

TEST_F(Leaves, ProductsOfEveryPairOfCodes) { // A4, A17, A18
  for (const char *name :
       {"mxint4", "mxint8", "mxfp4", "mxfp6_e2m3", "mxfp6_e3m2", "bl4", "bl8", "bmf<1,3>", "bmf<3,3>"}) {
    const int bits = parseFormat(name).elementBits();
    EXPECT_EQ(products(name, name, false), fmt::format("0 of {} wrong\n", 1 << (2 * bits))) << name;
  }
  EXPECT_EQ(products("mxfp8_e4m3", "mxfp8_e4m3", false), fmt::format("0 of {} wrong\n", 254 * 254));
  EXPECT_EQ(products("mxfp8_e5m2", "mxfp8_e5m2", false), fmt::format("0 of {} wrong\n", 248 * 248));
}

TEST_F(Leaves, ProductsOfMixedPairs) {
  EXPECT_EQ(products("mxint8", "mxfp4", false), "0 of 4096 wrong\n");
  EXPECT_EQ(products("bl4", "mxint6", false), "0 of 1024 wrong\n");
  EXPECT_EQ(products("mxfp8_e4m3", "mxint4", false), "0 of 4064 wrong\n"); // 254 x 16
  EXPECT_EQ(products("mxfp6_e3m2", "bl8", false), "0 of 16384 wrong\n");
  EXPECT_EQ(products("mxfp6_e2m3", "mxfp6_e3m2", false), "0 of 4096 wrong\n");
  writeFile(folder / "own.toml", "values = [0, 0.25, -3, 1.5, 2.125, -0.5]\n"); // two codes are free
  EXPECT_EQ(products(fmt::format("table({})", (folder / "own.toml").string()), "mxint4", false), "0 of 128 wrong\n");
  EXPECT_EQ(products("mxfp6_e3m2", "mxfp6_e3m2", true), "0 of 4096 wrong\n"); // A17: decoded as the other kind
}

std::string Leaves::rounded(const std::string &name) {
  const LinearOperand output = linearOutput(&parseFormat(name));
  const Element &element = output.format->element();
  const int bits = std::max(output.significandBits + 2, std::min(output.significandBits + output.maxShift + 3, 13));
  std::string expected;
  for (uint32_t i = 0; i < 2U << bits; ++i) { // the sign on top
    const uint32_t normal = i & ((1U << bits) - 1);
    const double value = element.round(std::ldexp(normal, output.topExponent - (bits - 1)), Ties::even);
    expected += fmt::format("{:x}\n", value == 0 ? 0U : element.encode(i >> bits != 0 ? -value : value));
  }
  return run(fmt::format(R"(module top;
  logic [{0}-1:0] normal;
  logic sign;
  logic [{1}-1:0] got;
  logic [{1}-1:0] want [0:(2<<{0})-1];
  integer i, wrong = 0;
  mase_element_round #(.MagnitudeBits({0}), .Bits({1}), .ExponentBits({2}), .MaxShift({3}), .LargestCode({4})) u_round (
    .normal_i(normal), .sign_i(sign), .element_o(got));
  initial begin
    $readmemh("{5}/want.hex", want);
    for (i = 0; i < (2 << {0}); i = i + 1) begin
      {{sign, normal}} = i;
      #1 if (got !== want[i]) wrong = wrong + 1;
    end
    $display("%0d wrong", wrong);
  end
endmodule
)",
                         bits, output.bits, output.layout.exponentBits, output.maxShift, output.layout.largestCode,
                         folder.string()),
             expected);
}

TEST_F(Leaves, EveryMagnitudeIsRoundedAsTheFormatDoes) { // A10, A19
  for (const char *name : {"mxint2", "mxint8", "mxfp4", "mxfp6_e2m3", "mxfp6_e3m2", "mxfp8_e4m3", "mxfp8_e5m2", "bl3",
                           "bl4", "bl8", "bmf<1,3>", "bmf<3,4>", "bmf<2,8>"})
    EXPECT_EQ(rounded(name), "0 wrong\n") << name;
}

TEST_F(Leaves, AWrongLeafIsFound) {
  auto spoil = [&](const std::string &file, const std::string &line, const std::string &with) {
    for (const EmbeddedFile &source : systemVerilogLibrary)
      if (source.name == file) {
        std::string text(source.text);
        ASSERT_NE(text.find(line), std::string::npos);
        writeFile(folder / file, text.replace(text.find(line), line.size(), with));
      }
  };
  spoil("mase_element_product.sv", "aligned + {{WindowBits{1'b0}}, half}", "aligned");
  EXPECT_NE(products("mxfp8_e4m3", "mxfp8_e4m3", false), fmt::format("0 of {} wrong\n", 254 * 254));
  spoil("mase_float_round.sv", "| shifted[Dropped])", "| 1'b1)"); // ties away from zero
  EXPECT_NE(rounded("mxfp4"), "0 wrong\n");
}

} // namespace
} // namespace mase
