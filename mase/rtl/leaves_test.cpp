// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The leaves that decode, multiply and round elements, in Icarus, against the formats' own C++: every registered format
// with itself and a fixed list of mixed pairs, every pair of codes where both together have up to 16 bits, random ones
// beyond, every magnitude. MASE_VERIFY=1 takes far more random ones. Skipped where Icarus is not installed.
#include "mase/ops/linear/hardware.h"
#include "mase/rtl/testing/icarus_bench.h"
#include "mase/support/random.h"

#include <cmath>
#include <cstdlib>
#include <gmock/gmock.h>
#include <map>

namespace mase {
namespace {

using testing_rtl::registered;

/// Both roles in one: weights may be what inputs may not.
LinearOperand operandOf(const Format *format) {
  try {
    return linearOperand(format, "operand");
  } catch (const InputError &) {
    return linearWeight(format);
  }
}

LinearOperand operandOf(const std::string &name) { return operandOf(&parseFormat(name)); }

/// Whether hardware decodes an element to an integer alone (A17).
bool isWhole(const LinearOperand &x) { return x.decodesWhole(); }

/// A table's parameter (A17).
std::string tableOf(const LinearOperand &x) {
  LinearConfig config;
  config.input = config.output = &parseFormat("mxint4"), config.weight = x.format;
  return linearTables(config).front().second;
}

/// What makes the leaves of an operand: formats that agree in it differ in scales and blocks alone.
std::string leavesOf(const LinearOperand &x) {
  return fmt::format("{} {} {} {} {} {} {}", x.bits, static_cast<int>(x.layout.kind), x.layout.exponentBits,
                     x.layout.largestCode, x.maxShift, x.symmetric, x.isTable() ? x.format->name() : "");
}

struct Leaves : testing_rtl::IcarusBench {
  std::string products(const LinearOperand &a, const LinearOperand &b, bool wholes = false);
  std::string products(const std::string &a, const std::string &b, bool wholes = false) {
    return products(operandOf(a), operandOf(b), wholes);
  }
  std::string rounded(const LinearOperand &output);
};

bool isNumber(const LinearOperand &x, uint32_t code) { return !x.element || std::isfinite(x.element->decode(code)); }

/// A18. A one on top says that it is to be compared: not where a code is no number.
uint64_t productOf(const LinearOperand &a, const LinearOperand &b, uint32_t codeA, uint32_t codeB) {
  const ProductWindow window = productWindow(a, b);
  if (!isNumber(a, codeA) || !isNumber(b, codeB))
    return 0;
  const ElementInteger x = a.format->elementInteger(codeA), y = b.format->elementInteger(codeB);
  const double exact =
      std::ldexp(static_cast<double>(x.significand) * y.significand, x.shift + y.shift - window.dropped);
  const auto product = static_cast<int64_t>(std::floor(exact + (window.dropped > 0 ? 0.5 : 0)));
  const uint64_t mask = (uint64_t{2} << window.bits) - 1;
  return (static_cast<uint64_t>(product) & mask) | (mask + 1);
}

/// All codes, or of wide formats the least, the greatest, those around zero and random ones.
std::vector<std::pair<uint32_t, uint32_t>> codePairs(const LinearOperand &a, const LinearOperand &b) {
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  const uint32_t countA = 1U << a.bits, countB = 1U << b.bits;
  if (a.bits + b.bits <= 16) {
    for (uint32_t i = 0; i < countA * countB; ++i)
      pairs.emplace_back(i / countB, i % countB);
    return pairs;
  }
  const auto special = [](uint32_t count) {
    return std::vector<uint32_t>{
        0, 1, 2, count / 4, count / 2 - 2, count / 2 - 1, count / 2, count / 2 + 1, count - 2, count - 1};
  };
  for (uint32_t x : special(countA))
    for (uint32_t y : special(countB))
      pairs.emplace_back(x, y);
  Random random(7);
  for (int i = 0, count = std::getenv("MASE_VERIFY") ? 400000 : 8000; i < count; ++i)
    pairs.emplace_back(random.below(countA), random.below(countB));
  return pairs;
}

/// "" when all are right.
std::string Leaves::products(const LinearOperand &a, const LinearOperand &b, bool wholes) {
  const std::vector<std::pair<uint32_t, uint32_t>> pairs = codePairs(a, b);
  const int window = productWindow(a, b).bits;
  std::string codes, products;
  uint64_t compared = 0;
  for (const auto &[x, y] : pairs) {
    const uint64_t product = productOf(a, b, x, y);
    compared += product >> (window + 1) & 1;
    codes += fmt::format("{:x}\n", x << b.bits | y);
    products += fmt::format("{:x}\n", product);
  }
  writeFile(folder / "codes.hex", codes);
  writeFile(folder / "want.hex", products);
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
  const std::string printed =
      run(fmt::format(R"(module top;{0}{1}
  localparam int Window = {2};
  logic [Window:0] got;
  logic [{3}-1:0] codes [0:{4}-1];
  logic [Window+1:0] want [0:{4}-1];
  integer i, wrong = 0, compared = 0;
  mase_element_product #(.ABits(aInteger), .AMaxShift(aShift), .BBits(bInteger), .BMaxShift(bShift),
                         .WindowBits(Window)) u_product (.a_i(a), .b_i(b), .product_o(got));
  initial begin
    $readmemh("{5}/codes.hex", codes);
    $readmemh("{5}/want.hex", want);
    for (i = 0; i < {4}; i = i + 1) begin
      {{a_code, b_code}} = codes[i];
      #1 if (want[i][Window+1]) begin
        compared = compared + 1;
        if (got !== want[i][Window:0]) wrong = wrong + 1;
      end
    end
    $display("%0d of %0d wrong", wrong, compared);
  end
endmodule
)",
                      decoder("a", a), decoder("b", b), window, a.bits + b.bits, pairs.size(), folder.string()));
  return printed == fmt::format("0 of {} wrong\n", compared) ? "" : printed;
}

TEST_F(Leaves, ProductsOfEveryRegisteredFormatWithItself) { // A4, A17, A18
  std::map<std::string, LinearOperand> different;
  for (const LinearOperand &operand : registered([](const Format *format) { return operandOf(format); }))
    different.try_emplace(leavesOf(operand), operand);
  EXPECT_GT(different.size(), 30u);
  for (const auto &[leaves, operand] : different)
    EXPECT_EQ(products(operand, operand), "") << operand.format->name();
}

TEST_F(Leaves, ProductsOfMixedPairs) {
  writeFile(folder / "own.toml", "values = [0, 0.25, -3, 1.5, 2.125, -0.5]\n"); // two codes are free
  const std::pair<std::string, std::string> pairs[] = {
      {"mxint8", "mxfp4"},          {"bl4", "mxint6"},
      {"mxfp8_e4m3", "mxint4"},     {"mxfp6_e3m2", "bl8"},
      {"mxfp6_e2m3", "mxfp6_e3m2"}, {"int8/0.1", "int4"},
      {"fixed<8,4>", "mxfp8_e5m2"}, {"fixed<8,4>", "fixed<6,4>"},
      {"mxint8", "nvfp4"},          {fmt::format("table({})", (folder / "own.toml").string()), "mxint4"}};
  for (const auto &[a, b] : pairs)
    EXPECT_EQ(products(a, b), "") << a << " x " << b;
  EXPECT_EQ(products("mxfp6_e3m2", "mxfp6_e3m2", true), ""); // A17: decoded as the other kind
}

std::string Leaves::rounded(const LinearOperand &output) {
  const int bits = std::max(output.significandBits + 2, std::min(output.significandBits + output.maxShift + 3, 13));
  std::string expected;
  for (uint32_t i = 0; i < 2U << bits; ++i) { // the sign on top
    const uint32_t normal = i & ((1U << bits) - 1);
    const double magnitude = std::ldexp(normal, output.topExponent - (bits - 1));
    const double value = output.element->round(i >> bits != 0 ? -magnitude : magnitude, Ties::even);
    expected += fmt::format("{:x}\n", output.element->encode(value == 0 ? 0 : value));
  }
  writeFile(folder / "want.hex", expected);
  std::string table;
  if (output.isTable()) {
    LinearConfig config;
    config.input = config.weight = &parseFormat("mxint4"), config.output = output.format;
    const auto tables = linearTables(config);
    table = fmt::format(", .TableBits({}), .Decisions({}), .Table({}), .TableZero({})", output.significandBits,
                        output.decisions.size(), tables.at(0).second, tables.at(1).second);
  }
  const std::string printed = run(fmt::format(R"(module top;
  logic [{0}-1:0] normal;
  logic sign;
  logic [{1}-1:0] got;
  logic [{1}-1:0] want [0:(2<<{0})-1];
  integer i, wrong = 0;
  mase_element_round #(.MagnitudeBits({0}), .Bits({1}), .ExponentBits({2}), .MaxShift({3}), .LargestCode({4}){5}) u_round (
    .normal_i(normal), .sign_i(sign), .element_o(got));
  initial begin
    $readmemh("{6}/want.hex", want);
    for (i = 0; i < (2 << {0}); i = i + 1) begin
      {{sign, normal}} = i;
      #1 if (got !== want[i]) wrong = wrong + 1;
    end
    $display("%0d wrong", wrong);
  end
endmodule
)",
                                              bits, output.bits, output.layout.exponentBits, output.maxShift,
                                              output.layout.largestCode, table, folder.string()));
  return printed == "0 wrong\n" ? "" : printed;
}

TEST_F(Leaves, EveryMagnitudeIsRoundedAsTheFormatDoes) { // A10, A19, A26
  std::map<std::string, LinearOperand> different;
  for (const LinearOperand &output : registered(linearOutput))
    if (!output.isStatic())
      different.try_emplace(leavesOf(output), output);
  EXPECT_GT(different.size(), 25u);
  for (const auto &[leaves, output] : different)
    EXPECT_EQ(rounded(output), "") << output.format->name();
}

TEST_F(Leaves, AWrongLeafIsFound) {
  spoil("mase_element_window.sv", "aligned + {{WindowBits{1'b0}}, half}", "aligned");
  EXPECT_NE(products("mxfp8_e4m3", "mxfp8_e4m3"), "");
  spoil("mase_float_round.sv", "| shifted[Dropped])", "| 1'b1)"); // ties away from zero
  EXPECT_NE(rounded(linearOutput(&parseFormat("mxfp4"))), "");
  spoil("mase_table_round.sv", "value > {Above", "value >= {Above"); // ties away from zero
  EXPECT_NE(rounded(linearOutput(&parseFormat("table(nf4_8)"))), "");
}

} // namespace
} // namespace mase
