// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The leaves that place a term and round a score, in Icarus, against O14: powers of two and their neighbours under
// every shift, which random rows do not reach. Skipped where Icarus is not installed.
#include "mase/rtl/testing/icarus_bench.h"

namespace mase {
namespace {

using Wide = __int128;

struct ScoreLeaves : testing_rtl::IcarusBench {
  std::string terms(int bits);
  std::string scores(int bits);
};

/// Powers of two, their neighbours and their negatives, as far as `bits` hold them.
std::vector<int64_t> edges(int bits) {
  std::vector<int64_t> values = {0};
  for (int k = 0; k < bits - 1; ++k)
    for (int64_t near = -2; near <= 2; ++near)
      for (int64_t sign : {-1, 1})
        if (const int64_t value = sign * ((int64_t{1} << k) + near); std::abs(value) < int64_t{1} << (bits - 1))
          values.push_back(value);
  return values;
}

int64_t saturated(Wide value, int bits) {
  const Wide most = (Wide{1} << bits) - 1;
  return static_cast<int64_t>(std::clamp(value, -most, most));
}

/// rs(value, right) of O3 for right > 0.
Wide rounded(Wide value, int right) { return ((value >> (right - 1)) + 1) >> 1; }

uint64_t low(int64_t value, int bits) { return static_cast<uint64_t>(value) & ((uint64_t{1} << bits) - 1); }

/// Prints each line whose last number is not what `module` makes of the first, one clock apart.
std::string benchOf(const std::string &declared, const std::string &got, size_t count, const std::string &folder) {
  return fmt::format(R"(
module top;
  {}
  logic [127:0] lines [0:{}];
  logic [127:0] line;
  logic clk = 0;
  initial begin
    $readmemh("{}/lines.hex", lines);
    for (int i = 0; i < {}; i = i + 1) begin
      line = lines[i];
      #1 clk = 1; #1 clk = 0; #1 clk = 1; #1 clk = 0;
      if ({}) $display("%h", line);
    end
  end
endmodule
)",
                     declared, count - 1, folder, count, got);
}

std::string ScoreLeaves::terms(int bits) {
  const int shiftBits = std::bit_width(static_cast<uint32_t>(bits + 33));
  std::string lines;
  size_t count = 0;
  for (const int64_t term : edges(bits))
    for (int shift = 0; shift < 1 << shiftBits; ++shift, ++count)
      lines += fmt::format("{:016x}{:02x}{:012x}\n", low(term, bits), shift,
                           low(saturated(rounded(Wide{term} * (Wide{1} << 34), shift + 1), 33), 34));
  writeFile(folder / "lines.hex", lines);
  return run(benchOf(fmt::format(R"(logic [33:0] term;
  mase_scores_term #(.TermBits({0}), .ShiftBits({1})) u_term (
    .clk_i(clk), .enable_i(1'b1), .term_i(line[56 +: {0}]), .shift_i(line[48 +: {1}]), .term_o(term));)",
                                 bits, shiftBits),
                     "term !== line[33:0]", count, folder));
}

std::string ScoreLeaves::scores(int bits) {
  std::string lines;
  size_t count = 0;
  for (const int64_t sum : edges(bits))
    for (int64_t near = -20; near <= 20; ++near)
      if (std::abs(sum + near) < int64_t{1} << (bits - 1)) {
        lines += fmt::format("{:016x}{:08x}\n", low(sum + near, bits), low(saturated(rounded(sum + near, 4), 23), 24));
        ++count;
      }
  writeFile(folder / "lines.hex", lines);
  return run(benchOf(fmt::format(R"(logic [23:0] score;
  mase_scores_round #(.SumBits({0})) u_round (.sum_i(line[32 +: {0}]), .score_o(score));)",
                                 bits),
                     "score !== line[23:0]", count, folder));
}

TEST_F(ScoreLeaves, PlaceTerms) { // O14
  for (int bits : {12, 20, 40})
    EXPECT_EQ(terms(bits), "") << bits;
}

TEST_F(ScoreLeaves, RoundScores) { // O14
  for (int bits : {34, 37})
    EXPECT_EQ(scores(bits), "") << bits;
}

TEST_F(ScoreLeaves, WrongOnesAreFound) {
  spoil("mase_scores_term.sv", "(over | (rounded[33] & ~|rounded[32:0]))", "over");
  EXPECT_NE(terms(20), "");
  spoil("mase_scores_term.sv", "(over | rounded[33])", "over");
  EXPECT_NE(terms(40), "");
  spoil("mase_scores_round.sv", "(over | ~|whole[22:0])", "over");
  EXPECT_NE(scores(34), "");
}

} // namespace
} // namespace mase
