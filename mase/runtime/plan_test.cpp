// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/plan.h"

#include "mase/formats/registry.h"
#include "mase/runtime/activations.h"
#include "mase/runtime/evaluate.h"
#include "mase/runtime/generate.h"
#include "mase/runtime/tiny_model.h"
#include "mase/support/error.h"
#include "mase/support/parallel.h"

#include <gmock/gmock.h>

namespace mase {
namespace {

using testing_model::TinyModel;

const std::vector<int32_t> prompt = {3, 17, 4, 4, 40, 0, 47, 9, 22, 31, 5, 6};

std::vector<float> rowsOf(ConstMatrixView x) {
  std::vector<float> values;
  for (int64_t r = 0; r < x.rows; ++r)
    values.insert(values.end(), x.row(r), x.row(r) + x.cols);
  return values;
}

struct PlanTest : testing::TestWithParam<std::string> {
  Plan plan{TinyModel().graph()};
  FormatAssignment assignment = plan.uniform(parseFormat(GetParam()));
  void SetUp() override { plan.prepare(assignment); }

  // The logits of the prompt, fed in chunks of these sizes.
  std::vector<float> run(const std::vector<size_t> &chunks) {
    Sequence sequence(plan);
    std::vector<float> logits;
    size_t at = 0;
    for (size_t size : chunks) {
      std::vector<float> rows = rowsOf(plan.run(sequence, std::span(prompt).subspan(at, size), assignment));
      logits.insert(logits.end(), rows.begin(), rows.end());
      at += size;
    }
    return logits;
  }
};

TEST_P(PlanTest, PrefillIsDecode) {
  const std::vector<float> whole = run({12});
  EXPECT_EQ(run({5, 7}), whole);
  EXPECT_EQ(run(std::vector<size_t>(12, 1)), whole);
}

TEST_P(PlanTest, ARestartedSequenceForgets) {
  Sequence sequence(plan);
  plan.run(sequence, std::vector<int32_t>{1, 2, 3}, assignment);
  sequence.restart();
  EXPECT_EQ(rowsOf(plan.run(sequence, prompt, assignment)), run({12}));
}

TEST_P(PlanTest, ThreadsDoNotChangeTheLoss) {
  std::vector<int32_t> ids;
  Random random(4);
  for (int i = 0; i < 200; ++i)
    ids.push_back(static_cast<int32_t>(random.below(64)));
  std::vector<WindowView> windows;
  for (size_t i = 0; i + 21 <= ids.size(); i += 20)
    windows.push_back({std::span(ids).subspan(i, 20), std::span(ids).subspan(i + 1, 20)});
  setThreads(1);
  const LossResult one = evaluate(plan, assignment, windows);
  setThreads(0);
  const LossResult many = evaluate(plan, assignment, windows);
  EXPECT_EQ(one.windowLosses, many.windowLosses);
  EXPECT_EQ(one.loss, many.loss);
  EXPECT_EQ(one.tokens, 180);
  EXPECT_GT(one.loss, 1.0); // random text under a random model
}

INSTANTIATE_TEST_SUITE_P(Formats, PlanTest,
                         testing::Values("fp32", "mxint8", "mxint3", "mxint12", "mxfp4", "mxfp8_e4m3"));

TEST(Plan, SlotsAreWeightThenInputOfEachLinear) {
  Plan plan{TinyModel().graph()};
  ASSERT_EQ(plan.slots().size(), 30u);
  const Slot &weight = plan.slots()[6], &input = plan.slots()[7];
  EXPECT_EQ(weight.name(), "model.layers.0.self_attn.o_proj.weight");
  EXPECT_EQ(input.name(), "model.layers.0.self_attn.o_proj.input");
  EXPECT_EQ(weight.kind, "o_proj");
  EXPECT_EQ(weight.layer, 0);
  EXPECT_EQ(weight.elements, 64 * 64);
  EXPECT_EQ(input.elements, 64);
  EXPECT_EQ(plan.slots()[14].layer, 1);
  EXPECT_EQ(plan.slots().back().layer, -1);
}

TEST(Plan, LinearsThatReadOneValueSaySo) {
  Plan plan{TinyModel().graph()};
  const std::vector<Plan::LinearView> linears = plan.linears();
  EXPECT_EQ(linears[0].reads, linears[1].reads); // q, k
  EXPECT_EQ(linears[0].reads, linears[2].reads); // v
  EXPECT_NE(linears[0].reads, linears[3].reads); // o
  EXPECT_EQ(linears[4].reads, linears[5].reads); // gate, up
}

TEST(Plan, FormatsMatter) {
  Plan plan{TinyModel().graph()};
  const auto logits = [&](const FormatAssignment &assignment) {
    plan.prepare(assignment);
    Sequence sequence(plan);
    return rowsOf(plan.run(sequence, prompt, assignment));
  };
  const FormatAssignment all = plan.uniform(fp32());
  const std::vector<float> exact = logits(all);
  for (size_t slot = 0; slot < all.size(); ++slot) {
    FormatAssignment one = all;
    one[slot] = &parseFormat("mxint3");
    EXPECT_NE(logits(one), exact) << plan.slots()[slot].name();
  }
  EXPECT_EQ(logits(all), exact);
}

TEST(Plan, FaultsOfTheCallerAreNamed) {
  Plan plan{TinyModel().graph()};
  const FormatAssignment assignment = plan.uniform(fp32());
  plan.prepare(assignment);
  Sequence sequence(plan);
  const auto errorOf = [&](const std::vector<int32_t> &ids) -> std::string {
    try {
      plan.run(sequence, ids, assignment);
    } catch (const InputError &error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(errorOf({1, 64}), "token id 64 is outside the vocabulary (0 to 63)");
  EXPECT_EQ(errorOf({-1}), "token id -1 is outside the vocabulary (0 to 63)");
  EXPECT_EQ(errorOf(std::vector<int32_t>(33, 1)), "33 tokens are more than the model's context (at most 32)");
}

TEST(RecordInputs, TakesRowsAtEqualDistances) {
  Plan plan{TinyModel().graph()};
  const FormatAssignment assignment = plan.uniform(parseFormat("mxint4"));
  const RecordedInputs few = recordInputs(plan, assignment, prompt, 3),
                       all = recordInputs(plan, assignment, prompt, 99);
  EXPECT_EQ(all.rows, 12);
  for (size_t linear = 0; linear < 15; ++linear)
    for (int64_t r = 0; r < 3; ++r)
      EXPECT_TRUE(
          std::equal(few.of(linear).row(r), few.of(linear).row(r) + few.of(linear).cols, all.of(linear).row(4 * r)));
  EXPECT_EQ(all.of(6).cols, 96);
}

TEST(Generate, StopsWhereItShould) {
  Plan plan{TinyModel().graph()};
  const FormatAssignment assignment = plan.uniform(fp32());
  std::vector<int32_t> ids = prompt, again = prompt, stopped = prompt, full = prompt;
  size_t calls = 0;
  generate(*generator(plan, assignment), ids, {5, {}}, [&](const std::vector<int32_t> &soFar) {
    calls += soFar.size() > 12;
    return true;
  });
  EXPECT_EQ(ids.size(), 17u);
  EXPECT_EQ(calls, 5u);
  generate(*generator(plan, assignment), again, {5, {}});
  EXPECT_EQ(again, ids);
  generate(*generator(plan, assignment), stopped, {5, {ids[12]}});
  EXPECT_EQ(stopped.size(), 13u);
  generate(*generator(plan, assignment), full, {1000, {}});
  EXPECT_EQ(full.size(), 33u); // 32 positions, and the token behind the last
  std::vector<int32_t> told = prompt;
  generate(*generator(plan, assignment), told, {5, {}},
           [](const std::vector<int32_t> &soFar) { return soFar.size() < 14; });
  EXPECT_EQ(told, std::vector<int32_t>(ids.begin(), ids.begin() + 14));
  std::vector<int32_t> none;
  try {
    generate(*generator(plan, assignment), none, {5, {}});
    FAIL() << "no error";
  } catch (const InputError &error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("the prompt is empty (at least one token is needed)"));
  }
}

TEST(Generate, DrawsTheSameTokensFromASeedHoweverTheTextIsFed) {
  Plan plan{TinyModel().graph()};
  const FormatAssignment assignment = plan.uniform(parseFormat("mxint8"));
  const TokenSampler one({2, 0, 1, 1}), two({2, 0, 1, 2}), narrow({1e-6, 0, 1, 1});
  std::vector<int32_t> ids = prompt, other = prompt, resumed, greedy = prompt, cold = prompt;
  generate(*generator(plan, assignment, one), ids, {10, {}});
  generate(*generator(plan, assignment, two), other, {10, {}});
  EXPECT_NE(ids, other);
  resumed.assign(ids.begin(), ids.begin() + 15);
  generate(*generator(plan, assignment, one), resumed, {7, {}});
  EXPECT_EQ(resumed, ids);
  generate(*generator(plan, assignment), greedy, {10, {}});
  generate(*generator(plan, assignment, narrow), cold, {10, {}});
  EXPECT_EQ(cold, greedy);
}

TEST(AverageBits, CountsElementsOfWeightsAndReadersOfInputs) {
  Plan plan{TinyModel().graph()};
  FormatAssignment assignment = plan.uniform(parseFormat("mxint4"));
  EXPECT_DOUBLE_EQ(averageBits(plan.slots(), assignment).all, 4.25);
  assignment[1] = &parseFormat("mxint8"); // q_proj's input: 64 of 2 * (5 * 64 + 64 + 96) + 64 elements a token
  const AverageBits bits = averageBits(plan.slots(), assignment);
  EXPECT_DOUBLE_EQ(bits.weights, 4.25);
  EXPECT_NEAR(bits.activations, 4.25 + 4.0 * 64 / (2 * (5 * 64 + 64 + 96) + 64), 1e-12);
  EXPECT_NEAR(bits.all, (bits.weights + bits.activations) / 2, 1e-12);
  const std::vector<double> share = shareOfAverage(plan.slots());
  EXPECT_NEAR(bits.all - 4.25, 4 * share[1], 1e-12);
}

} // namespace
} // namespace mase
