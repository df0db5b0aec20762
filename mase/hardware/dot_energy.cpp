// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/dot_energy.h"

#include "mase/hardware/synthesize.h"
#include "mase/ops/linear/hardware.h"
#include "mase/ops/linear/operands.h"
#include "mase/support/error.h"

#include <algorithm>

namespace fs = std::filesystem;

namespace mase {
namespace {

constexpr int lanes = 32;

/// The instance of an operand's decoder for each element.
std::string decoders(const char *side, const LinearOperand &x, int from, const std::string &table) {
  return fmt::format(R"(
  localparam int {0}Shift = {1};
  localparam int {0}Element = {2} + (({0}Shift == 0) ? 0 : $clog2({0}Shift + 1));
  wire [{3}*{0}Element-1:0] {0};
  for (genvar i = 0; i < {3}; i = i + 1) begin : g_{0}
    mase_element_decode #(.Bits({4}), .ExponentBits({5}), .MaxShift({6}), .Fixed({7}){8}) u_decode (
      .code_i(data_q[{9} + i*{4} +: {4}]), .element_o({0}[i*{0}Element +: {0}Element]));
  end)",
                     side, x.decodesWhole() ? 0 : x.maxShift, x.integerBits(), lanes, x.bits, x.layout.exponentBits,
                     x.maxShift, x.decodesWhole() ? 1 : 0, table, from);
}

std::string topOf(const Format &inputFormat, const Format &weightFormat) {
  const LinearOperand input = linearOperand(&inputFormat, "input"), weight = linearWeight(&weightFormat);
  LinearConfig config;
  config.input = config.output = &inputFormat, config.weight = &weightFormat;
  auto tableOf = [&](const LinearOperand &operand, const char *parameter) {
    std::string text;
    for (const auto &[name, value] : linearTables(config))
      if (name == parameter)
        text = fmt::format(", .TableBits({}), .Table({})", operand.significandBits, value);
    return text;
  };
  return fmt::format(
      R"(module mase_energy_dot (input wire clk_i, input wire [{0}:0] data_i, output wire [{1}:0] data_o);
  reg [{0}:0] data_q;
  always @(posedge clk_i) data_q <= data_i;{2}{3}
  mase_mx_dot #(.Lanes({4}), .ABits({5}), .AMaxShift(aShift), .BBits({6}), .BMaxShift(bShift), .WindowBits({7})) u_dot (
    .clk_i(clk_i), .enable_i(1'b1), .a_i(a), .b_i(b), .sum_o(data_o));
endmodule
)",
      lanes * (input.bits + weight.bits) - 1, productWindow(input, weight).bits + 5,
      decoders("a", input, 0, tableOf(input, "InputTable")),
      decoders("b", weight, lanes * input.bits, tableOf(weight, "WeightTable")), lanes, input.integerBits(),
      weight.integerBits(), productWindow(input, weight).bits);
}

void append(std::vector<bool> &bits, const PackedCodes &codes, int64_t first) {
  for (int64_t i = first; i < first + lanes; ++i)
    for (int b = 0; b < codes.width(); ++b)
      bits.push_back((codes.get(i) >> b & 1) != 0);
}

} // namespace

void DotOperands::add(const Format &inputFormat, ConstMatrixView inputs, int64_t row, const Format &weightFormat,
                      ConstMatrixView weight, int64_t output) {
  const EncodedMatrix x = inputFormat.encode({inputs.row(row), 1, inputs.cols}), w = weightFormat.encode(weight);
  for (int64_t i = 0; i + lanes <= inputs.cols; i += lanes) {
    std::vector<bool> &bits = vectors_.emplace_back();
    append(bits, x.elements, i);
    append(bits, w.elements, output * weight.cols + i);
  }
}

DotEnergy dotEnergy(const Format &inputFormat, const Format &weightFormat, const DotOperands &operands,
                    const fs::path &liberty, const fs::path &cache, const std::string &yosys) {
  std::vector<fs::path> sources;
  for (const fs::directory_entry &entry : fs::directory_iterator(librarySources().front()))
    if (entry.path().extension() == ".sv")
      sources.push_back(entry.path());
  std::sort(sources.begin(), sources.end());
  const GateNetlist netlist =
      mapToCells("mase_energy_dot", topOf(inputFormat, weightFormat), sources, liberty, cache, yosys);
  const GateActivity activity = simulateGates(netlist, readLiberty(liberty), operands.vectors());
  return {activity.energy / lanes, activity.area};
}

} // namespace mase
