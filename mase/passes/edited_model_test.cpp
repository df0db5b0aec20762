// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/passes/edited_model.h"

#include "mase/formats/registry.h"
#include "mase/passes/pass.h"
#include "mase/runtime/format_config.h"
#include "mase/support/temporary_folder.h"

#include <gmock/gmock.h>

namespace mase {
namespace {

const std::vector<int32_t> text = {1, 17, 4, 4, 40, 300, 47, 9, 22, 31, 5, 6, 600, 1000, 2, 33};

std::vector<float> logitsOf(Plan plan, const Format &format) {
  const FormatAssignment assignment = plan.uniform(format);
  plan.prepare(assignment);
  Sequence sequence(plan);
  const ConstMatrixView rows = plan.run(sequence, text, assignment);
  return {rows.data, rows.data + rows.rows * rows.cols};
}

// One with RMSNorms, shared values and a gate; one with LayerNorms, biases, positions and ReLU; a fused and transposed
// checkpoint. All have a tied head or a head of its own.
class StoryModel : public testing::TestWithParam<const char *> {};

TEST_P(StoryModel, ComputesTheSameAfterPassesThatKeepTheFunction) {
  const std::filesystem::path folder = std::filesystem::path(MASE_SOURCE_DIR) / "models" / GetParam();
  Model model = Model::open(folder);
  EditedModel edited(model, 16);
  const std::vector<float> before = logitsOf(model.plan(16), fp32());
  const Format &narrow = parseFormat("mxint4");
  const FormatAssignment assignment(model.slots().size(), &narrow);
  const std::vector<std::span<const int32_t>> windows = {text};
  for (const PassKind &kind : passKinds())
    if (kind.keepsFunction)
      parsePass(kind.name).run({edited.weights(), windows, assignment});
  const std::vector<float> after = logitsOf(edited.weights().plan(), fp32());
  for (size_t i = 0; i < before.size(); ++i)
    ASSERT_NEAR(before[i], after[i], 1e-4) << i;
  EXPECT_NE(logitsOf(model.plan(16), narrow), logitsOf(edited.weights().plan(), narrow));

  // What is written is what was in memory, to the last bit, before and behind quantisation.
  parsePass("gptq").run({edited.weights(), windows, assignment});
  const TemporaryFolder scratch("mase-edited-model");
  edited.write(scratch.path() / "out", assignment);
  Model again = Model::open(scratch.path() / "out");
  EXPECT_EQ(logitsOf(again.plan(16), fp32()), logitsOf(edited.weights().plan(), fp32()));
  EXPECT_EQ(logitsOf(again.plan(16), narrow), logitsOf(edited.weights().plan(), narrow));
  EXPECT_EQ(resolve(readFormatConfig(scratch.path() / "out" / "formats.toml"), again.slots()), assignment);
}

INSTANTIATE_TEST_SUITE_P(Models, StoryModel, testing::Values("llama-stories-1m", "opt-stories-1m"));

} // namespace
} // namespace mase
