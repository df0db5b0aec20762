// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/edge/stream_cycles.h"
#include "mase/rtl/plumbing_cases.h"
#include "mase/support/random.h"

#include <bit>
#include <fmt/format.h>

namespace mase {

const char *const controlHarness = R"(module mase_control_harness #(
  parameter int TokenBits = 8,
  parameter int Vocabulary = 200,
  parameter int Context = 6,
  parameter int Depth = 4,
  localparam int IdBits = $clog2(Vocabulary),
  localparam int PositionBits = (Context == 1) ? 1 : $clog2(Context)
) (
  input  logic                    clk_i,
  input  logic                    rst_i,
  input  logic [TokenBits+1:0]    x_data_i,
  input  logic                    x_valid_i,
  output logic                    x_ready_o,
  output logic [IdBits-1:0]       id_data_o,
  output logic                    id_valid_o,
  input  logic                    id_ready_i,
  output logic [PositionBits-1:0] position_data_o,
  output logic                    position_valid_o,
  input  logic                    position_ready_i,
  output logic [1:0]              c_data_o,
  output logic                    c_valid_o,
  input  logic                    c_ready_i,
  output logic                    keep_data_o,
  output logic                    keep_valid_o,
  input  logic                    keep_ready_i,
  output logic                    error_data_o,
  output logic                    error_valid_o,
  input  logic                    error_ready_i
);
  logic error, ended_q, room;
  mase_control #(.TokenBits(TokenBits), .Vocabulary(Vocabulary), .Context(Context), .Depth(Depth)) u_control (
    .clk_i(clk_i), .rst_i(rst_i), .s_axis_tdata(x_data_i[TokenBits-1:0]), .s_axis_tuser(x_data_i[TokenBits]),
    .s_axis_tlast(x_data_i[TokenBits+1]), .s_axis_tvalid(x_valid_i), .s_axis_tready(x_ready_o),
    .id_data_o(id_data_o), .id_valid_o(id_valid_o), .id_ready_i(id_ready_i), .position_data_o(position_data_o),
    .position_valid_o(position_valid_o), .position_ready_i(position_ready_i), .c_data_o(c_data_o),
    .c_valid_o(c_valid_o), .c_ready_i(c_ready_i), .keep_data_o(keep_data_o), .keep_valid_o(keep_valid_o),
    .keep_ready_i(keep_ready_i), .error_o(error));
  always_ff @(posedge clk_i) ended_q <= ~rst_i & x_valid_i & x_ready_o & x_data_i[TokenBits+1];
  mase_row_fifo #(.Width(1), .Depth(1000)) u_errors (
    .clk_i(clk_i), .rst_i(rst_i), .x_data_i(error), .x_valid_i(ended_q & room), .x_ready_o(room),
    .y_data_o(error_data_o), .y_valid_o(error_valid_o), .y_ready_i(error_ready_i));
endmodule
)";

namespace {

struct ControlShape {
  int64_t tokenBits, vocabulary, context, depth;
};

ModuleCase controlCase(const ControlShape &shape, bool longer) {
  Random random(static_cast<uint64_t>(shape.context));
  std::vector<int64_t> tokens, ids, positions, control, keep, errors;
  const int64_t sequences = longer ? 900 : 90;
  bool wrong = false;
  for (int64_t s = 0; s < sequences; ++s) {
    // First those that fit; then some longer than the context, and some tokens that are no ids.
    const auto most = static_cast<uint64_t>(s < sequences / 3 ? shape.context : 2 * shape.context);
    const int64_t length = s == sequences - 1 ? 1 : 1 + static_cast<int64_t>(random.below(most));
    for (int64_t i = 0; i < length; ++i) {
      const bool last = i == length - 1, wanted = random.below(3) == 0;
      const bool noId = s > sequences / 2 && random.below(20) == 0 && shape.vocabulary < int64_t{1} << shape.tokenBits;
      const int64_t token =
          noId ? (random.below(2) == 0 ? shape.vocabulary : (int64_t{1} << shape.tokenBits) - 1)
               : static_cast<int64_t>(random.below(4) == 0 ? static_cast<uint64_t>(shape.vocabulary - 1)
                                                           : random.below(static_cast<uint64_t>(shape.vocabulary)));
      tokens.push_back(token | int64_t{wanted} << shape.tokenBits | int64_t{last} << (shape.tokenBits + 1));
      wrong = wrong || noId || i >= shape.context;
      if (i >= shape.context)
        continue;
      ids.push_back(noId ? 0 : token);
      positions.push_back(i);
      control.push_back((i == 0 ? 1 : 0) + (last || i == shape.context - 1 ? 2 : 0));
      keep.push_back(wanted ? 1 : 0);
    }
    errors.push_back(wrong ? 1 : 0);
  }
  auto bits = [](int64_t count) {
    return std::max(1, static_cast<int>(std::bit_width(static_cast<uint64_t>(count - 1))));
  };
  ModuleCase one;
  one.name = fmt::format("mase_control of {} ids, {} tokens", shape.vocabulary, shape.context);
  one.module = "mase_control_harness";
  const std::pair<const char *, int64_t> numbers[] = {{"TokenBits", shape.tokenBits},
                                                      {"Vocabulary", shape.vocabulary},
                                                      {"Context", shape.context},
                                                      {"Depth", shape.depth}};
  for (const auto &[name, value] : numbers)
    one.parameters.emplace_back(name, fmt::format("{}", value));
  one.inputs = {numberStream("x", tokens, 1, shape.tokenBits + 2)};
  one.output = numberStream("id", ids, 1, bits(shape.vocabulary));
  one.others = {numberStream("position", positions, 1, bits(shape.context)), numberStream("c", control, 1, 2),
                numberStream("keep", keep, 1, 1), numberStream("error", errors, 1, 1)};
  one.cycles = std::ssize(tokens) * controlCycles().interval + controlCycles().latency;
  return one;
}

} // namespace

std::vector<ModuleCase> controlCases(bool longer) {
  std::vector<ModuleCase> cases;
  for (const ControlShape &shape :
       {ControlShape{8, 200, 6, 4}, ControlShape{4, 16, 1, 2}, ControlShape{32, 50257, 8, 100}})
    cases.push_back(controlCase(shape, longer));
  return cases;
}

} // namespace mase
