// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/edges.h"

#include "mase/formats/registry.h"
#include "mase/runtime/tiny_model.h"
#include "mase/support/error.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <map>

namespace mase {
namespace {
using testing::HasSubstr;
using testing_model::TinyModel;

std::map<std::string, std::string> named(const Graph &graph, const EdgeFormats &edges) {
  std::map<std::string, std::string> result;
  const std::vector<std::string> names = edgeNames(graph);
  for (size_t s = 0; s < names.size(); ++s)
    if (edges.output[s] && !result.emplace(names[s], edges.output[s]->name()).second)
      ADD_FAILURE() << names[s] << " twice";
  return result;
}

std::string refusal(const char *toml) {
  Plan plan{TinyModel().graph()};
  const FormatConfig config = parseFormatConfig(toml, "f.toml");
  try {
    resolveEdges(plan.graph(), plan.uniform(parseFormat("mxint8")), &config, {});
  } catch (const InputError &error) {
    return error.what();
  }
  return "accepted";
}

TEST(Edges, AreNamedAfterWhatTheyCarry) {
  const Graph graph = TinyModel().graph();
  const std::vector<std::string> names = edgeNames(graph);
  EXPECT_EQ(std::count(names.begin(), names.end(), ""), 8); // views: four a layer
  const std::vector<std::string> first(names.begin(), names.begin() + 18);
  EXPECT_THAT(first,
              testing::ElementsAre("model.embed_tokens", "model.layers.0.input_layernorm",
                                   "model.layers.0.self_attn.q_proj", "", "model.layers.0.self_attn.k_proj", "",
                                   "model.layers.0.self_attn.v_proj", "", "model.layers.0.self_attn.q_proj.rope",
                                   "model.layers.0.self_attn.k_proj.rope", "model.layers.0.self_attn.k",
                                   "model.layers.0.self_attn.v", "model.layers.0.self_attn.k.matmul",
                                   "model.layers.0.self_attn.k.matmul.softmax", "model.layers.0.self_attn.v.matmul", "",
                                   "model.layers.0.self_attn.o_proj", "model.layers.0.self_attn.o_proj.add"));
}

TEST(Edges, DefaultsAreWhatReadersAskFor) {
  Plan plan{TinyModel().graph()};
  FormatAssignment assignment = plan.uniform(parseFormat("mxint6"));
  assignment[3] = &parseFormat("mxint4"); // k_proj's input in layer 0: q, k and v differ
  std::vector<float> largest(plan.graph().steps.size(), 3.0F);
  const auto edges = named(plan.graph(), resolveEdges(plan.graph(), assignment, nullptr, largest));
  EXPECT_EQ(edges.at("model.layers.0.input_layernorm"), "mxint12");
  EXPECT_EQ(edges.at("model.layers.1.input_layernorm"), "mxint6");
  EXPECT_EQ(edges.at("model.layers.0.self_attn.o_proj.add"), "mxint12"); // the residual
  EXPECT_EQ(edges.at("model.layers.0.self_attn.k_proj.rope"), "mxint8");
  EXPECT_EQ(edges.at("model.layers.0.self_attn.k"), "mxint8");
  EXPECT_EQ(edges.at("model.layers.0.self_attn.v_proj"), "fixed<10,7>"); // 3 and an eighth: two integer bits
  EXPECT_EQ(edges.at("model.layers.0.self_attn.k.matmul"), "fixed<24,10>");
  EXPECT_EQ(edges.at("model.layers.0.self_attn.k.matmul.softmax"), "fixed<17,15>");
  EXPECT_EQ(edges.at("model.layers.0.self_attn.v.matmul"), "mxint6");
  EXPECT_EQ(edges.count("lm_head"), 0u);
}

TEST(Edges, TheFileSaysOtherwise) {
  Plan plan{TinyModel().graph()};
  const FormatConfig config = parseFormatConfig(R"("*.add" = { output = "mxint10" }
"model.embed_tokens" = { output = "mxint9", table = "mxint6" }
"layers.1.self_attn.v*" = { output = "fixed<12,6>" }
)",
                                                "f.toml");
  const EdgeFormats edges = resolveEdges(plan.graph(), plan.uniform(parseFormat("mxint8")), &config, {});
  const auto formats = named(plan.graph(), edges);
  EXPECT_EQ(formats.at("model.layers.1.mlp.down_proj.add"), "mxint10");
  EXPECT_EQ(formats.at("model.embed_tokens"), "mxint9");
  EXPECT_EQ(edges.table[0]->name(), "mxint6");
  EXPECT_EQ(formats.at("model.layers.1.self_attn.v"), "fixed<12,6>");
  EXPECT_EQ(formats.at("model.layers.0.self_attn.v"), "fixed<10,5>"); // nothing is calibrated: 8 and an eighth
}

TEST(Edges, Refusals) {
  EXPECT_THAT(refusal(R"("nowhere" = { output = "mxint8" })"),
              HasSubstr("f.toml:1:1: 'nowhere' matches no edge (the first is 'model.embed_tokens')"));
  EXPECT_THAT(refusal(R"("*" = { output = ["mxint8", "mxint9"] })"),
              HasSubstr("'*' lists 2 formats for its output (one, unless for a search)"));
}

TEST(Edges, CalibrationSeesTheFloatModel) {
  Plan plan{TinyModel().graph()};
  const std::vector<int32_t> ids = {1, 2, 3, 4}, more = {1, 2, 3, 4, 40, 41};
  const std::vector<std::span<const int32_t>> one = {ids}, two = {ids, more};
  const std::vector<float> few = calibrateEdges(plan, one), all = calibrateEdges(plan, two);
  EXPECT_GT(few[6], 0); // v_proj
  for (size_t s = 0; s < few.size(); ++s)
    EXPECT_GE(all[s], few[s]);
  EXPECT_NE(all, few);
}

} // namespace
} // namespace mase
