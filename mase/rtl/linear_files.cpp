// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/linear_files.h"

#include "mase/ops/linear/cycles.h"
#include "mase/ops/linear/hardware.h"
#include "mase/ops/linear/operands.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>

namespace mase {
namespace {

/// Bits of each port of a kind.
struct Ports {
  int64_t xData, xScale, word, yData, yScale;
};

Ports portsOf(const LinearConfig &config) {
  const LinearOperand input = linearOperand(config.input, "input"), output = linearOutput(config.output);
  return {int64_t{config.tileIn} * input.bits, int64_t{std::max(1, config.tileIn / 32)} * input.scaleBits,
          weightMemoryShape(config).widthBits, int64_t{config.tileOut} * outputBits(config),
          int64_t{std::max(1, config.tileOut / 32)} * output.scaleBits};
}

/// The range of a port, padded so that the names stand in one column.
std::string range(int64_t bits) { return fmt::format("{:<8}", fmt::format("[{}:0]", bits - 1)); }

std::string describe(const LinearConfig &config) {
  return fmt::format("{} x {}: input {}, weight {}, output {}; tile {} x {}, one row every {} cycles",
                     config.inFeatures, config.outFeatures, config.input->name(), config.weight->name(),
                     outputName(config), config.tileIn, config.tileOut, interval(config));
}

std::string streamPorts(const Ports &p) {
  const auto port = [](const char *direction, int64_t bits, const char *name) {
    return bits == 0 ? "" : fmt::format("  {} logic {}{},\n", direction, range(bits), name);
  };
  return fmt::format(R"(  input  logic         clk_i,
  input  logic         rst_i,
{}{}  input  logic         x_valid_i,
  output logic         x_ready_o,
{}{}  output logic         y_valid_o,
  input  logic         y_ready_i)",
                     port("input ", p.xData, "x_data_i"), port("input ", p.xScale, "x_scale_i"),
                     port("output", p.yData, "y_data_o"), port("output", p.yScale, "y_scale_o"));
}

/// Those of a kind, or of mase_linear, which has the ports of scales in any case.
std::string streamConnections(const Ports &p, bool all) {
  return fmt::format(R"(    .clk_i(clk_i), .rst_i(rst_i),
    .x_data_i(x_data_i),{} .x_valid_i(x_valid_i), .x_ready_o(x_ready_o),
    .y_data_o(y_data_o),{} .y_valid_o(y_valid_o), .y_ready_i(y_ready_i),)",
                     p.xScale > 0 ? " .x_scale_i(x_scale_i),"
                     : all        ? " .x_scale_i(1'b0),"
                                  : "",
                     p.yScale > 0 ? " .y_scale_o(y_scale_o),"
                     : all        ? " .y_scale_o(no_scale),"
                                  : "");
}

} // namespace

std::string moduleName(const std::string &linearName) {
  std::string name = linearName;
  for (char &c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)))
      c = '_';
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0])))
    name.insert(0, "linear_");
  return name;
}

std::string kindModule(const LinearConfig &config) {
  Ports p = portsOf(config);
  std::string parameters;
  for (const auto &[name, value] : linearParameters(config))
    parameters += fmt::format("{}.{}({})", parameters.empty() ? "" : ", ", name, value);
  for (const auto &[name, value] : linearTables(config))
    parameters += fmt::format(",\n    .{}({})", name, value);
  return fmt::format(R"(// {}
// {}
module {} (
{},
  input  logic {}w_data_i,
  input  logic         w_valid_i,
  output logic         w_ready_o,
  input  logic [7:0]   w_largest_scale_i,
  input  logic [10:0]  w_exponent_i,
  input  logic [15:0]  w_factor_i,
  input  logic [7:0]   w_least_scale_i,
  input  logic [10:0]  w_bias_shift_i
);
{}  mase_linear #(
    {}) u_linear (
{}
    .w_data_i(w_data_i), .w_valid_i(w_valid_i), .w_ready_o(w_ready_o), .w_largest_scale_i(w_largest_scale_i),
    .w_exponent_i(w_exponent_i), .w_factor_i(w_factor_i), .w_least_scale_i(w_least_scale_i),
    .w_bias_shift_i(w_bias_shift_i));
endmodule
)",
                     noRestriction, describe(config), linearKindName(config), streamPorts(p), range(p.word),
                     p.yScale > 0 ? "" : "  logic no_scale;\n", parameters, streamConnections(p, true));
}

std::string linearModule(const std::string &linearName, const LinearConfig &config, const LinearConstants &constants) {
  Ports p = portsOf(config);
  MemoryShape memory = weightMemoryShape(config);
  return fmt::format(R"(// {0}
// {1}: {2}
module {3} #(
  parameter WeightFile = "weights/{3}.t{4}x{5}.hex"
) (
{6}
);
  logic {7}w_data;
  logic         w_valid, w_ready;
  {8} u_linear (
{9}
    .w_data_i(w_data), .w_valid_i(w_valid), .w_ready_o(w_ready), .w_largest_scale_i(8'd{10}),
    .w_exponent_i(11'd{11}), .w_factor_i(16'd{12}), .w_least_scale_i(8'd{13}),
    .w_bias_shift_i(11'd{14}));
  mase_weight_memory #(.Width({15}), .Depth({16}), .File(WeightFile)) u_weights (
    .clk_i(clk_i), .rst_i(rst_i), .w_data_o(w_data), .w_valid_o(w_valid), .w_ready_i(w_ready));
endmodule
)",
                     noRestriction, linearName, describe(config), moduleName(linearName), config.tileIn, config.tileOut,
                     streamPorts(p), range(p.word), linearKindName(config), streamConnections(p, false),
                     constants.largestScale, constants.exponent & 0x7FF, constants.factor, constants.leastScale,
                     constants.biasShift & 0x7FF, memory.widthBits, memory.depthWords);
}

std::string kindHeader(const LinearConfig &config) {
  MemoryShape memory = weightMemoryShape(config);
  return fmt::format(R"(// {}
// {}
namespace kind {{
constexpr int inFeatures = {}, outFeatures = {}, tileIn = {}, tileOut = {};
constexpr int inputBits = {}, outputBits = {}, inputScaleBits = {}, outputScaleBits = {};
constexpr int memoryWidth = {}, memoryDepth = {};
}} // namespace kind
)",
                     noRestriction, describe(config), config.inFeatures, config.outFeatures, config.tileIn,
                     config.tileOut, config.input->elementBits(), outputBits(config),
                     linearOperand(config.input, "input").scaleBits, linearOutput(config.output).scaleBits,
                     memory.widthBits, memory.depthWords);
}

std::string synthesisScript(const LinearConfig &config) {
  return fmt::format(R"(# {0}
# {1}
# Run in the folder above: yosys synth/{2}.ys
read_verilog -defer -sv -DSYNTHESIS sv/*.sv kinds/{2}.sv
synth_xilinx -family xcup{3} -nosrl -nowidelut -noiopad -noclkbuf -top {2}
stat -tech xilinx
)",
                     noRestriction, describe(config), linearKindName(config),
                     config.multiplier == Multiplier::Dsp ? "" : " -nodsp");
}

std::string blockLines(const Format &format, const BlockIntegers &blocks) {
  const LinearOperand operand = linearOutput(&format);
  const int unused = 32 - operand.bits; // bits: a sign is extended, for whoever reads integers
  std::string text;
  for (int64_t r = 0; r < blocks.rows; ++r)
    for (int64_t b = 0; b < blocks.cols / 32; ++b) {
      const int64_t block = operand.scaleBits == 0 ? 0 : r * blocks.blocksPerRow() + b;
      text += std::to_string(operand.storedScale(blocks.exponent[static_cast<size_t>(block)]));
      for (int64_t k = 0; k < 32; ++k)
        text += fmt::format(
            " {}", static_cast<int32_t>(codeAt(operand, blocks, r * blocks.cols + b * 32 + k) << unused) >> unused);
      text += '\n';
    }
  return text;
}

} // namespace mase
