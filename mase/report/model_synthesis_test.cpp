// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/report/model_synthesis.h"

#include "mase/hardware/operator_area.h"
#include "mase/rtl/embedded.h"
#include "mase/support/error.h"
#include "mase/support/output.h"
#include "mase/support/temporary_folder.h"

#include <gmock/gmock.h>

namespace fs = std::filesystem;

namespace mase {
namespace {

using testing::HasSubstr;

const char *const kNetlist = R"({"mase": "model", "version": 1, "model": "two", "context": 4,
  "formats": {"slots": [], "edges": [], "tables": []}, "tokens": [], "expected": [],
  "kinds": [{"name": "filter", "module": "mase_row_filter", "file": "kinds/filter.sv",
    "parameters": {"Width": 20, "Beats": 64},
    "operands": [{"name": "x", "bits": [20, 0], "elements": [1, 64]}],
    "control": [{"stream": 3, "port": {"name": "keep", "bits": [1, 0], "elements": [1, 1]}}],
    "results": [{"name": "y", "bits": [20, 0], "elements": [1, 64]}], "constants": [], "flags": []}],
  "instances": [{"name": "a", "kind": "filter"}, {"name": "b", "kind": "filter"}],
  "channels": [{"from": [0, 0], "to": [1, 0], "depth": 16}]})";

const char *const kKind = R"(module filter (
  input logic clk_i, input logic rst_i, input logic [19:0] x_data_i, input logic x_valid_i, output logic x_ready_o,
  input logic keep_data_i, input logic keep_valid_i, output logic keep_ready_o,
  output logic [19:0] y_data_o, output logic y_valid_o, input logic y_ready_i);
  mase_row_filter #(.Width(20), .Beats(64)) u_filter (
    .clk_i(clk_i), .rst_i(rst_i), .x_data_i(x_data_i), .x_valid_i(x_valid_i), .x_ready_o(x_ready_o),
    .keep_data_i(keep_data_i), .keep_valid_i(keep_valid_i), .keep_ready_o(keep_ready_o), .y_data_o(y_data_o),
    .y_valid_o(y_valid_o), .y_ready_i(y_ready_i));
endmodule
)";

TEST(ModelSynthesis, CountsEveryKindOnceAndEveryInstance) {
  if (yosysVersion().empty())
    GTEST_SKIP() << "yosys is not in PATH";
  const TemporaryFolder folder("mase-model-synthesis");
  for (const EmbeddedFile &file : systemVerilogLibrary)
    writeFile(folder.path() / "sv" / file.name, file.text);
  writeFile(folder.path() / "model/kinds/filter.sv", kKind);
  writeFile(folder.path() / "model/netlist.json", kNetlist);
  SynthesisOptions options;
  options.cache = folder.path() / "cache";
  const ModelSynthesis first = synthesizeModel(folder.path(), options);
  ASSERT_EQ(first.kinds.size(), 1u);
  ASSERT_EQ(first.operators.size(), 1u);
  const SynthesizedPart &filters = first.operators[0];
  EXPECT_EQ(filters.name, "row_filter");
  EXPECT_EQ(filters.kinds, 1);
  EXPECT_EQ(filters.instances, 2);
  EXPECT_EQ(filters.found.ff % 2, 0);
  EXPECT_GT(filters.found.ff, 2 * 20);
  EXPECT_TRUE(filters.isPredicted);
  EXPECT_NEAR(static_cast<double>(filters.predicted.lut) / static_cast<double>(filters.found.lut), 1, 0.15);
  EXPECT_GT(filters.levels, 1);
  EXPECT_FALSE(first.sum.cached);
  EXPECT_EQ(first.counted.back().name, "fifos");
  EXPECT_EQ(first.counted.back().found, fifoArea(20, 16));
  EXPECT_EQ(first.sum.found, filters.found + fifoArea(20, 16));

  const ModelSynthesis second = synthesizeModel(folder.path(), options);
  EXPECT_TRUE(second.sum.cached);
  EXPECT_EQ(second.sum.found, first.sum.found);
  EXPECT_EQ(second.sum.levels, first.sum.levels);
  const nlohmann::ordered_json json = toJson(second);
  EXPECT_EQ(json["lut"]["value"], first.sum.found.lut);
  EXPECT_EQ(json["operators"][0]["lut"]["predicted"], filters.predicted.lut);
  EXPECT_EQ(json["kinds"][0]["instances"], 2);
  EXPECT_THAT(describe(second), HasSubstr("row_filter"));
  EXPECT_THAT(describe(second), HasSubstr("all of it kept"));
}

TEST(ModelSynthesis, NeedsAnEmittedModel) {
  const TemporaryFolder folder("mase-model-synthesis");
  writeFile(folder.path() / "model/netlist.json", "{}");
  try {
    synthesizeModel(folder.path());
    FAIL();
  } catch (const InputError &error) {
    EXPECT_THAT(error.what(), HasSubstr("is not the netlist of an emitted model"));
  }
}

} // namespace
} // namespace mase
