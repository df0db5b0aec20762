// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/edge_config.h"

#include "mase/formats/registry.h"
#include "mase/runtime/tiny_model.h"

#include <gmock/gmock.h>

namespace mase {
namespace {

TEST(EdgeConfig, GivesBackEveryFormatWithoutAText) {
  Plan plan{testing_model::TinyModel().graph()};
  FormatAssignment assignment = plan.uniform(parseFormat("mxint6"));
  assignment[2] = &parseFormat("mxfp4");
  assignment[5] = &parseFormat("mxint4");
  const std::vector<float> largest(plan.graph().steps.size(), 3.0F);
  const FormatConfig rules = parseFormatConfig("'*.add' = { output = 'bmf<4,3>' }", "rules.toml");
  const EdgeFormats edges = resolveEdges(plan.graph(), assignment, &rules, largest);

  const std::string text = writeEdgeConfig(plan.graph(), plan.slots(), assignment, edges);
  const FormatConfig config = parseFormatConfig(text, "formats.toml");
  EXPECT_EQ(resolve(config, plan.slots()), assignment);
  const EdgeFormats again = resolveEdges(plan.graph(), assignment, &config, {});
  EXPECT_EQ(again.output, edges.output);
  EXPECT_EQ(again.table, edges.table);
  EXPECT_THAT(text, ::testing::HasSubstr("\"model.layers.0.self_attn.o_proj.add\" = { output = \"bmf<4,3>\" }\n"));
  EXPECT_THAT(text, ::testing::HasSubstr("\"model.layers.0.self_attn.v\" = { output = \"fixed<10,7>\" }\n"));
}

} // namespace
} // namespace mase
