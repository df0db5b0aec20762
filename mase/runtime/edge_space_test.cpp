// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/edge_space.h"

#include "mase/formats/registry.h"
#include "mase/runtime/tiny_model.h"
#include "mase/support/error.h"

#include <algorithm>
#include <gmock/gmock.h>

namespace mase {
namespace {
using ::testing::HasSubstr;

const char *const twoKinds = "'*.add' = { output = ['mxint8', 'mxint12'] }\n"
                             "'*.softmax' = { output = ['mxint6', 'fixed<17,15>'] }\n"
                             "'*.input_layernorm' = { output = 'mxint10' }\n"
                             "'*' = { weight = 'mxint4', input = 'mxint4' }\n";

TEST(EdgeSpace, HoldsEdgesForWhichSeveralFormatsAreListed) {
  const Graph graph = testing_model::TinyModel().graph();
  const EdgeSpace space = edgeSpace(graph, parseFormatConfig(twoKinds, "space.toml"));
  std::vector<std::string> names;
  for (const Slot &slot : space.slots)
    names.push_back(slot.name());
  EXPECT_THAT(names,
              ::testing::ElementsAre(
                  "model.layers.0.self_attn.k.matmul.softmax.output", "model.layers.0.self_attn.o_proj.add.output",
                  "model.layers.0.mlp.down_proj.add.output", "model.layers.1.self_attn.k.matmul.softmax.output",
                  "model.layers.1.self_attn.o_proj.add.output", "model.layers.1.mlp.down_proj.add.output"));
  const ValueShape &residual = graph.values[static_cast<size_t>(graph.steps[space.steps[1]].output)];
  EXPECT_EQ(space.slots[1].elements, residual.cols);
  const ValueShape &shares = graph.values[static_cast<size_t>(graph.steps[space.steps[0]].output)];
  EXPECT_EQ(space.slots[0].elements, shares.heads * (graph.maxRows / 2));
  EXPECT_EQ(space.choices[1], (FormatChoices{&parseFormat("mxint8"), &parseFormat("mxint12")}));
}

TEST(EdgeSpace, WhatIsChosenCountsBeforeTheRules) {
  Plan plan{testing_model::TinyModel().graph()};
  const FormatConfig config = parseFormatConfig(twoKinds, "space.toml");
  const EdgeSpace space = edgeSpace(plan.graph(), config);
  const FormatAssignment linears = plan.uniform(parseFormat("mxint4"));
  const Format &narrow = parseFormat("mxint8"), &fixed = parseFormat("fixed<17,15>");
  const std::vector<const Format *> formats = {&fixed, &narrow, &narrow, &fixed, &narrow, &narrow};
  const EdgeFormats edges = resolveEdges(plan.graph(), linears, &config, {}, space.atSteps(plan.graph(), formats));
  for (size_t i = 0; i < formats.size(); ++i)
    EXPECT_EQ(edges.output[space.steps[i]], formats[i]) << space.slots[i].name();
  const std::vector<std::string> names = edgeNames(plan.graph());
  const auto norm = std::find(names.begin(), names.end(), "model.layers.0.input_layernorm") - names.begin();
  EXPECT_EQ(edges.output[static_cast<size_t>(norm)], &parseFormat("mxint10")); // a rule's only format
  EXPECT_THAT([&] { resolveEdges(plan.graph(), linears, &config, {}); },
              ::testing::ThrowsMessage<InputError>(HasSubstr("lists 2 formats for its output")));
}

TEST(EdgeSpace, AnEdgeCountsAsAnActivation) {
  Plan plan{testing_model::TinyModel().graph()};
  const EdgeSpace space = edgeSpace(plan.graph(), parseFormatConfig(twoKinds, "space.toml"));
  std::vector<Slot> slots = plan.slots();
  slots.insert(slots.end(), space.slots.begin(), space.slots.end());
  FormatAssignment assignment = plan.uniform(parseFormat("mxint4"));
  assignment.resize(slots.size(), &parseFormat("mxint8"));
  const AverageBits with = averageBits(slots, assignment);
  const AverageBits linears = averageBits(plan.slots(), plan.uniform(parseFormat("mxint4")));
  EXPECT_EQ(with.weights, linears.weights);
  double inputs = 0, edges = 0;
  for (const Slot &slot : slots)
    if (slot.role != Role::weight)
      (slot.role == Role::input ? inputs : edges) += static_cast<double>(slot.elements);
  EXPECT_DOUBLE_EQ(with.activations, (inputs * 4.25 + edges * 8.25) / (inputs + edges));
}

} // namespace
} // namespace mase
