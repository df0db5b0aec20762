// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/registry.h"
#include "mase/ops/edge/stream_cycles.h"
#include "mase/ops/embedding/bit_true.h"
#include "mase/ops/embedding/embedding_hardware.h"
#include "mase/ops/linear/hardware.h"
#include "mase/rtl/plumbing_cases.h"
#include "mase/support/output.h"
#include "mase/support/random.h"

#include <bit>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace mase {

const char *const tiedHarness = R"(module mase_tied_harness #(
  parameter int Taken = 8,
  parameter int Entries = 64,
  parameter int Features = 64,
  parameter int TileIn = 4,
  parameter int TileOut = 2,
  parameter int OutputBits = 8,
  parameter int OutputScaleBits = 8,
  parameter int WordBits = 80,
  parameter     File = "",
  localparam int IdBits = $clog2(Entries),
  localparam int Blocks = (TileIn + 31) / 32,
  localparam int ScaleWidth = (OutputScaleBits == 0) ? 1 : Blocks * OutputScaleBits
) (
  input  logic                         clk_i,
  input  logic                         rst_i,
  input  logic [IdBits-1:0]            x_data_i,
  input  logic                         x_valid_i,
  output logic                         x_ready_o,
  output logic [TileIn*OutputBits-1:0] y_data_o,
  output logic [ScaleWidth-1:0]        y_scale_o,
  output logic                         y_valid_o,
  input  logic                         y_ready_i,
  output logic [WordBits-1:0]          w_data_o,
  output logic                         w_valid_o,
  input  logic                         w_ready_i
);
  logic [31:0] taken_q;
  logic        more, valid;
  assign more      = taken_q != Taken;
  assign w_valid_o = valid & more;
  always_ff @(posedge clk_i)
    if (rst_i) taken_q <= '0;
    else if (w_valid_o & w_ready_i) taken_q <= taken_q + 1'b1;
  mase_tied_embedding #(
    .Entries(Entries), .Features(Features), .TileIn(TileIn), .TileOut(TileOut), .OutputBits(OutputBits),
    .OutputScaleBits(OutputScaleBits), .WordBits(WordBits), .File(File)) u_tied (
    .clk_i(clk_i), .rst_i(rst_i), .x_data_i(x_data_i), .x_valid_i(x_valid_i), .x_ready_o(x_ready_o),
    .y_data_o(y_data_o), .y_scale_o(y_scale_o), .y_valid_o(y_valid_o), .y_ready_i(y_ready_i),
    .w_data_o(w_data_o), .w_valid_o(valid), .w_ready_i(w_ready_i & more));
endmodule
)";

std::vector<ModuleCase> tiedEmbeddingCases(bool longer, const std::filesystem::path &folder) {
  std::vector<ModuleCase> cases;
  const auto add = [&](const char *name, int64_t entries, int64_t features, int tileIn, int tileOut, bool hasBias) {
    Random random(static_cast<uint64_t>(entries + tileOut));
    std::vector<float> values(static_cast<size_t>(entries * features)), bias;
    for (float &value : values)
      value = static_cast<float>((random.uniform() - 0.5) * 8);
    for (int64_t o = 0; hasBias && o < entries; ++o)
      bias.push_back(static_cast<float>(random.uniform()));
    const ConstMatrixView table = {values.data(), entries, features};
    LinearConfig head;
    head.inFeatures = features, head.outFeatures = entries;
    head.input = &parseFormat("mxint8"), head.weight = &parseFormat(name);
    head.tileIn = tileIn, head.tileOut = tileOut, head.hasBias = hasBias;
    checkLinearHardware(head);
    const std::vector<std::string> words = packWeights(head, head.weight->encode(table), bias);
    const int64_t bits = weightMemoryShape(head).widthBits;
    std::vector<int32_t> ids;
    for (int64_t i = 0; i < (longer ? 500 : 50); ++i)
      ids.push_back(static_cast<int32_t>(i == 0 ? entries - 1
                                                : static_cast<int64_t>(random.below(static_cast<uint64_t>(entries)))));
    ModuleCase one;
    one.name = fmt::format("mase_tied_embedding {} {}x{} of {}x{}", name, entries, features, tileIn, tileOut);
    one.module = "mase_tied_harness";
    one.parameters = tiedEmbeddingParameters(*head.weight, entries, features, tileIn, tileOut, bits);
    const std::filesystem::path file = folder / fmt::format("tied{}.hex", cases.size());
    writeFile(file, fmt::format("{}\n", fmt::join(words, "\n")));
    one.parameters.emplace_back("File", fmt::format("\"{}\"", file.string()));
    one.inputs = {
        numberStream("x", {ids.begin(), ids.end()}, 1, std::bit_width(static_cast<uint64_t>(entries - 1)), 0)};
    one.output = edgeStream("y", *head.weight, embeddingRows(head.weight->integers(table), ids), tileIn);
    one.outputBeatsPerRow = features / tileIn;
    one.others = {{"w", bits, 0, {}}};
    for (int pass = 0; pass < 2; ++pass) // again and again, and then a part
      one.others[0].beats.insert(one.others[0].beats.end(), words.begin(), words.end());
    one.others[0].beats.insert(one.others[0].beats.end(), words.begin(), words.begin() + std::ssize(words) / 2);
    one.parameters.emplace_back("Taken", fmt::format("{}", one.others[0].beats.size()));
    const StreamCycles cycles = embeddingCycles(features, tileIn);
    one.cycles = std::ssize(ids) * cycles.interval + cycles.latency + 1;
    cases.push_back(one);
  };
  add("mxint8", 64, 96, 4, 2, false);
  add("mxint4/e5", 192, 64, 64, 96, true); // a number of lanes that is no power of two, and biases above them
  add("fixed<12,8>", 64, 32, 1, 8, false);
  add("mxfp8_e4m3", 32, 32, 32, 32, false); // one word
  add("mxint6", 96, 32, 8, 1, true);
  return cases;
}

} // namespace mase
