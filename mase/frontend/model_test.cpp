// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What holds for a whole model whatever its architecture, on those that ship with the project.
#include "mase/frontend/model.h"

#include "mase/formats/registry.h"
#include "mase/frontend/refusals.h"

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

INSTANTIATE_TEST_SUITE_P(All, WholeModel, testing::Values("llama-stories-1m", "opt-stories-1m"),
                         [](const auto &info) { return info.index == 0 ? "Llama" : "Opt"; });

} // namespace
} // namespace mase
