// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What holds for a whole model whatever its architecture, on those that ship with the project.
#include "mase/frontend/model.h"

#include "mase/formats/registry.h"
#include "mase/frontend/packed_model.h"
#include "mase/frontend/refusals.h"
#include "mase/runtime/bit_true_plan.h"
#include "mase/support/output.h"

#include <cmath>
#include <gmock/gmock.h>

namespace mase {
namespace {

class WholeModel : public testing::TestWithParam<const char *> {
protected:
  Model model = Model::open(std::filesystem::path(MASE_SOURCE_DIR) / "models" / GetParam());
};

// Law 3, across every operator of the model and at the last position that it has.
TEST_P(WholeModel, PrefillIsDecode) {
  Plan plan = model.plan(model.config().maxPositions);
  std::vector<int32_t> ids;
  for (int64_t i = 0; i < plan.maxRows(); ++i)
    ids.push_back(static_cast<int32_t>((3 + i * 37) % plan.vocabulary()));
  for (const char *format : {"fp32", "mxint4"}) {
    const FormatAssignment assignment = plan.uniform(parseFormat(format));
    plan.prepare(assignment);
    Sequence whole(plan), stepped(plan);
    const ConstMatrixView expected = plan.run(whole, ids, assignment);
    for (size_t at = 0, size = 0; at < ids.size(); at += size) {
      size = at < 8 ? 1 : std::min<size_t>(ids.size() - at, at + 53 < ids.size() ? 53 : 1);
      const ConstMatrixView rows = plan.run(stepped, std::span(ids).subspan(at, size), assignment);
      for (int64_t r = 0; r < rows.rows; ++r)
        ASSERT_TRUE(std::equal(rows.row(r), rows.row(r) + rows.cols, expected.row(static_cast<int64_t>(at) + r)))
            << format << ", token " << at + static_cast<size_t>(r) << " of a chunk of " << size;
    }
    EXPECT_EQ(stepped.position(), model.config().maxPositions);
  }
}

TEST_P(WholeModel, KnowsItsConfig) {
  EXPECT_EQ(model.name(), GetParam());
  EXPECT_EQ(model.config().vocabSize, model.plan(1).vocabulary());
  EXPECT_EQ(model.tokenizer().vocabularySize(), model.config().vocabSize);
  EXPECT_EQ(model.contextFor(0), 512);
  EXPECT_EQ(model.contextFor(64), 64);
  EXPECT_THAT(refusalOf([&] { model.contextFor(513); }),
              testing::HasSubstr("has 512 positions, fewer than the 513 asked for"));
}

/// Decoders of the families: tiny, with random weights and no tokenizer.
class Family : public testing::TestWithParam<const char *> {
protected:
  std::filesystem::path place = std::filesystem::path(MASE_SOURCE_DIR) / "models/families" / GetParam();
};

// Law 3 with windows, caps, norms of heads and turns of a part, behind the window's length.
TEST_P(Family, PrefillIsDecode) {
  Model model = Model::open(place);
  Plan plan = model.plan(40);
  std::vector<int32_t> ids;
  for (int64_t i = 0; i < 40; ++i)
    ids.push_back(static_cast<int32_t>((3 + i * 37) % plan.vocabulary()));
  for (const char *format : {"fp32", "mxint4"}) {
    const FormatAssignment assignment = plan.uniform(parseFormat(format));
    plan.prepare(assignment);
    Sequence whole(plan), stepped(plan);
    const ConstMatrixView expected = plan.run(whole, ids, assignment);
    for (size_t at = 0; at < ids.size(); ++at) {
      const ConstMatrixView row = plan.run(stepped, std::span(ids).subspan(at, 1), assignment);
      ASSERT_TRUE(std::equal(row.row(0), row.row(0) + row.cols, expected.row(static_cast<int64_t>(at))))
          << format << at;
    }
  }
}

// Level 3 near level 1 where every operator has integers; where one has none, its name.
TEST_P(Family, HasIntegersOrSaysWhatHasNone) {
  Model model = Model::open(place);
  Plan plan = model.plan(24);
  std::vector<int32_t> ids;
  for (int64_t i = 0; i < 24; ++i)
    ids.push_back(static_cast<int32_t>((3 + i * 37) % plan.vocabulary()));
  const FormatAssignment floats = plan.uniform(fp32()), assignment = plan.uniform(parseFormat("mxint8"));
  plan.prepare(floats);
  Sequence sequence(plan);
  const ConstMatrixView rows = plan.run(sequence, ids, floats);
  const std::vector<float> expected(rows.row(23), rows.row(23) + rows.cols);
  const std::span<const int32_t> text(ids);
  const EdgeFormats edges = resolveEdges(plan.graph(), assignment, nullptr, calibrateEdges(plan, std::span(&text, 1)));
  std::unique_ptr<BitTruePlan> integers;
  const std::string said =
      refusalOf([&] { integers = std::make_unique<BitTruePlan>(plan.graph(), assignment, edges); });
  if (GetParam() == std::string("gemma2")) {
    EXPECT_THAT(said, testing::HasSubstr("operator 'soft_cap' has no integer model"));
    return;
  }
  ASSERT_EQ(said, "accepted");
  BitTrueSequence stepped(*integers);
  std::vector<float> logits;
  for (size_t at = 0; at < ids.size(); ++at)
    logits = toFloats(integers->run(stepped, text.subspan(at, 1)));
  double error = 0, power = 0;
  for (size_t i = 0; i < expected.size(); ++i)
    error += std::pow(logits[i] - expected[i], 2), power += std::pow(expected[i], 2);
  EXPECT_LT(error, power * 0.01);
  BitTrueSequence whole(*integers);
  const std::vector<float> all = toFloats(integers->run(whole, ids));
  EXPECT_TRUE(std::equal(logits.begin(), logits.end(), all.end() - std::ssize(logits)));
}

INSTANTIATE_TEST_SUITE_P(All, Family,
                         testing::Values("llama3-rope-v4config", "mistral", "qwen2", "qwen3", "gpt2-published-names",
                                         "gpt_neox", "phi3", "gemma2"),
                         [](const auto &info) {
                           std::string name = info.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

// A tensor that holds several linears stays as it is; their formats come back all the same.
TEST(PackedFamily, FormatsOfViewsComeBack) {
  ScratchFolder folder("packed-family");
  Model model = Model::open(std::filesystem::path(MASE_SOURCE_DIR) / "models/families/gpt2-published-names");
  const std::vector<Slot> slots = model.slots();
  EXPECT_EQ(slots[2].name(), "transformer.h.0.attn.k_proj.weight");
  EXPECT_EQ(slots[2].elements, 64 * 64);
  FormatAssignment assignment(slots.size(), &parseFormat("mxint6"));
  assignment[2] = &parseFormat("mxint3");
  model.assign(assignment);
  writePackedModel(model, folder / "packed");
  EXPECT_EQ(Model::open(folder / "packed").assignment(), assignment);
}

INSTANTIATE_TEST_SUITE_P(All, WholeModel, testing::Values("llama-stories-1m", "opt-stories-1m"),
                         [](const auto &info) { return info.index == 0 ? "Llama" : "Opt"; });

} // namespace
} // namespace mase
