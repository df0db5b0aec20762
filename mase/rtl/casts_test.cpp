// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The casts behind a linear, in Icarus, for every registered format that is an output, also under scales of few bits:
// zero, saturating and subnormal blocks, maxima that are powers of two, rows that underflow and overflow, random ones;
// with random stalls. Hardware against the integer model, and that against the format's own quantiser (A14).
// Skipped where Icarus is not installed.
#include "mase/ops/linear/bit_true.h"
#include "mase/ops/linear/hardware.h"
#include "mase/rtl/testing/icarus_bench.h"
#include "mase/support/random.h"

#include <cmath>
#include <map>

namespace mase {
namespace {

using testing_rtl::registered;

constexpr int sumBits = 25; // magnitudes are exact in fp32
constexpr int lanes = 4, beats = 32 / lanes;
constexpr int64_t greatestSum = (int64_t{1} << (sumBits - 1)) - 1;

/// One block of 32 sums, one row of its own.
struct Case {
  int64_t sum[32] = {};
  int exponent = 0;
};

int64_t randomSum(Random &random, int bits) {
  const auto magnitude = static_cast<int64_t>(bits == 0 ? 0 : random.bits() >> (64 - bits));
  return random.below(2) == 0 ? magnitude : -magnitude;
}

std::vector<Case> casesOf(const LinearOperand &output) {
  Random random(11);
  // An exponent at which the block's scale is about one, or a static scale is reached.
  const int middle = output.isStatic() ? output.step.exponent - 8 : output.topExponent - sumBits / 2;
  const int bias = output.isStatic() ? 12 : output.scaleBias();
  std::vector<Case> cases;
  const auto add = [&](int exponent, const auto &sumOf) {
    Case &one = cases.emplace_back();
    one.exponent = exponent;
    for (int i = 0; i < 32; ++i)
      one.sum[i] = std::clamp<int64_t>(sumOf(i), -greatestSum, greatestSum);
  };
  add(middle, [](int) { return 0; });
  add(middle, [](int i) { return i % 2 == 0 ? greatestSum : -greatestSum; });
  for (int bits : {0, 1, 2, 11, 12, 22, 23}) { // powers of two, three quarters of the next, just below it
    const int64_t power = int64_t{1} << bits;
    add(middle, [&](int i) { return i == 5 ? -power : randomSum(random, bits); });
    add(middle, [&](int i) { return i == 7 ? power + power / 2 : randomSum(random, bits); });
    add(middle, [&](int i) { return i == 9 ? 2 * power - 1 : randomSum(random, bits); });
  }
  // Subnormals: one is large, the others fade away. And every tie within reach.
  add(middle, [](int i) { return (i % 2 == 0 ? 1 : -1) * (greatestSum >> i); });
  add(middle, [](int i) { return i == 0 ? int64_t{1} << 23 : int64_t{2 * i + 1} << (i % 16); });
  for (int away : {-bias - 30, -bias - 12, -bias - 3, -bias, bias - 3, bias, bias + 9})
    add(std::clamp(middle + away, -400, 300),
        [&](int) { return randomSum(random, static_cast<int>(random.below(sumBits))); });
  for (int i = 0; i < 24; ++i)
    add(middle + i % 5, [&](int) { return randomSum(random, static_cast<int>(random.below(sumBits))); });
  return cases;
}

LinearSums sumsOf(const Case &one) { return {1, 32, std::vector<int64_t>(one.sum, one.sum + 32), {one.exponent}}; }

/// A14, where fp32 holds the values and the row does not leave its range.
void expectEmulation(const LinearOperand &output, const Case &one, const BlockIntegers &got) {
  const int top = one.exponent + sumBits - 2;
  if (!output.isStatic() && output.scaleBits == 8 && (top - output.topExponent < -126 || top > 126))
    return; // A12, A13
  if (one.exponent < -126 || top > 126 || (output.factorBits > 0 && one.exponent + 13 > 100))
    return;
  std::vector<float> values;
  for (int64_t sum : one.sum) {
    if (output.factorBits > 0 && std::abs(sum) >= 1 << 11)
      return; // the significand takes 13 bits of fp32's 24
    values.push_back(static_cast<float>(std::ldexp(static_cast<double>(sum * output.step.significand), one.exponent)));
  }
  const BlockIntegers expected = output.format->integers({values.data(), 1, 32});
  EXPECT_EQ(got.q, expected.q) << output.format->name() << " exponent " << one.exponent;
  EXPECT_EQ(got.shift, expected.shift) << output.format->name() << " exponent " << one.exponent;
  EXPECT_EQ(got.exponent, expected.exponent) << output.format->name() << " exponent " << one.exponent;
}

/// What the module is called and what it is told; the bench supplies the stream.
std::string instanceOf(const LinearOperand &output, bool dynamic) {
  if (output.isStatic())
    return fmt::format("mase_static_cast #(.Lanes({}), .SumBits({}), .OutputBits({}), .Symmetric({}), .Dynamic({}), "
                       ".Shift(8)) u_cast (",
                       lanes, sumBits, output.bits, output.symmetric ? 1 : 0, dynamic ? 1 : 0);
  std::string table;
  if (output.isTable()) {
    LinearConfig config;
    config.input = config.weight = &parseFormat("mxint4"), config.output = output.format;
    const auto tables = linearTables(config);
    table = fmt::format(", .TableBits({}), .Decisions({}), .Table({}), .TableZero({})", output.significandBits,
                        output.decisions.size(), tables.at(0).second, tables.at(1).second);
  }
  return fmt::format("mase_mx_cast #(.Lanes({}), .SumBits({}), .OutputBits({}), .ExponentBits({}), .MaxShift({}), "
                     ".LargestCode({}), .ScaleRounds({}), .ScaleBits({}){}) u_cast (.y_scale_o(scale),",
                     lanes, sumBits, output.bits, output.layout.exponentBits, output.maxShift,
                     output.layout.largestCode, output.roundsScale ? 1 : 0, output.scaleBits, table);
}

struct Casts : testing_rtl::IcarusBench {
  std::string faults(const LinearOperand &output, bool dynamic = true);
};

/// "" when all is right. A static cast whose shift is constant sees the blocks of one exponent alone.
std::string Casts::faults(const LinearOperand &output, bool dynamic) {
  std::string sums, wants;
  int64_t count = 0;
  const auto hexadecimal = [](const std::vector<bool> &bits) {
    std::string text;
    for (size_t i = (bits.size() + 3) / 4; i-- > 0;) {
      int digit = 0;
      for (size_t b = 0; b < 4 && 4 * i + b < bits.size(); ++b)
        digit |= bits[4 * i + b] ? 1 << b : 0;
      text += "0123456789abcdef"[digit];
    }
    return text + "\n";
  };
  const auto append = [](std::vector<bool> &to, int64_t value, int bits) {
    for (int b = 0; b < bits; ++b)
      to.push_back((value >> b & 1) != 0);
  };
  for (const Case &one : casesOf(output)) {
    if (!dynamic && one.exponent != output.step.exponent - 8)
      continue;
    const BlockIntegers want = castSums(*output.format, sumBits, sumsOf(one));
    expectEmulation(output, one, want);
    const int top = output.isStatic() ? sumBits - 1 + one.exponent - output.step.exponent
                                      : one.exponent + sumBits - 2 + output.scaleBias() - output.topExponent;
    for (int beat = 0; beat < beats; ++beat, ++count) {
      std::vector<bool> data, expected;
      for (int lane = 0; lane < lanes; ++lane) {
        append(data, one.sum[beat * lanes + lane], sumBits);
        append(expected, codeAt(output, want, beat * lanes + lane), output.bits);
      }
      append(data, top, 11);
      append(expected, output.storedScale(want.exponent[0]), std::max(output.scaleBits, 1));
      sums += hexadecimal(data), wants += hexadecimal(expected);
    }
  }
  writeFile(folder / "sums.hex", sums);
  writeFile(folder / "want.hex", wants);
  const std::string printed = run(fmt::format(
      R"(module top;
  localparam int Beats = {0}, Data = {1}, Output = {2}, Scale = {3};
  logic [Data+10:0] sums [0:Beats-1];
  logic [Output+Scale-1:0] want [0:Beats-1];
  logic clk = 1'b0, rst = 1'b1, offered = 1'b0, ready, valid, y_ready = 1'b0;
  logic [Output-1:0] data;
  logic [Scale-1:0] scale;
  integer sent = 0, received = 0, wrong = 0, cycles = 0;
  {4} .clk_i(clk), .rst_i(rst), .sum_data_i(sums[sent < Beats ? sent : 0][Data-1:0]),
    .sum_top_i(sums[sent < Beats ? sent : 0][Data +: 11]), .sum_valid_i(offered), .sum_ready_o(ready),
    .y_data_o(data), .y_valid_o(valid), .y_ready_i(y_ready));
  {5}
  initial begin
    $readmemh("{6}/sums.hex", sums);
    $readmemh("{6}/want.hex", want);
  end
  always #1 clk = ~clk;
  always @(posedge clk) begin
    rst <= cycles < 2;
    cycles <= cycles + 1;
    y_ready <= $urandom % 4 != 0;
    if (!rst) begin
      offered <= (sent + (offered & ready ? 1 : 0) < Beats) & ((offered & ~ready) | ($urandom % 4 != 0));
      if (offered & ready) sent <= sent + 1;
      if (valid & y_ready) begin
        if ({{scale, data}} !== want[received]) wrong = wrong + 1;
        received = received + 1;
      end
      if (received == Beats || cycles > 20 * Beats + 100) begin
        $display("%0d of %0d wrong", wrong, received);
        $finish;
      end
    end
  end
endmodule
)",
      count, lanes * sumBits, lanes * output.bits, std::max(output.scaleBits, 1), instanceOf(output, dynamic),
      output.isStatic() ? "assign scale = 1'b0;" : "", folder.string()));
  return printed == fmt::format("0 of {} wrong\n", count) ? "" : printed;
}

/// Outputs that differ in hardware, by what differs.
std::map<std::string, LinearOperand> outputs() {
  std::vector<LinearOperand> all = registered(linearOutput);
  for (const LinearOperand &output : registered(linearOutput))
    for (const char *scale : {"/e4", "/e6"})
      if (!output.isStatic() && output.format->name().find('/') == std::string::npos)
        all.push_back(linearOutput(&parseFormat(output.format->name() + scale)));
  std::map<std::string, LinearOperand> different;
  for (const LinearOperand &x : all)
    different.try_emplace(fmt::format("{} {} {} {} {} {} {} {} {}", x.bits, static_cast<int>(x.layout.kind),
                                      x.layout.exponentBits, x.layout.largestCode, x.maxShift, x.symmetric,
                                      x.roundsScale, x.scaleBits, x.isTable() ? x.format->name() : ""),
                          x);
  return different;
}

TEST_F(Casts, EveryRegisteredOutputGivesTheQuantizersBits) { // A9 to A14, A19, A20, A25, A26
  const auto all = outputs();
  EXPECT_GT(all.size(), 80u);
  for (const auto &[key, output] : all) {
    EXPECT_EQ(faults(output), "") << output.format->name();
    if (output.isStatic()) {
      EXPECT_EQ(faults(output, false), "") << output.format->name();
    }
  }
}

TEST_F(Casts, AWrongLeafIsFound) {
  const auto spoiled = [&](const char *format, const char *file, const char *line, const char *with) {
    spoil(file, line, with);
    return faults(linearOutput(&parseFormat(format)));
  };
  EXPECT_NE(spoiled("mxint4/e4", "mase_mx_cast.sv", "| {NormalBits{lost}}", ""), ""); // no saturation
  EXPECT_NE(spoiled("fixed<8,4>", "mase_static_cast.sv", "half & (sticky | kept[0])", "half"), "");
  EXPECT_NE(spoiled("mxint8", "mase_mx_scale.sv", "(none | deep | clamped) ? 8'd0", "(deep | clamped) ? 8'd0"), "");
}

} // namespace
} // namespace mase
