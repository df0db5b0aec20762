// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/operator_sample.h"

#include "mase/hardware/operator_area.h"

#include <gmock/gmock.h>

namespace mase {
namespace {

// The smallest sample of a few models again, afresh: the sources have not moved away from the data.
TEST(OperatorSamples, AreStillWhatYosysSays) {
  if (yosysVersion().empty())
    GTEST_SKIP() << "yosys is not in PATH";
  const std::filesystem::path cache = std::filesystem::path(testing::TempDir()) / "mase_operator_samples";
  int compared = 0;
  for (const std::filesystem::path &file : operatorAreaFiles()) {
    if (file.stem() != "mase_mul" && file.stem() != "mase_embedding")
      continue;
    const OperatorAreaModel model = readOperatorAreaModel(file);
    if (yosysVersion() != model.yosys)
      GTEST_SKIP() << "the samples were made by " << model.yosys << ", here is " << yosysVersion();
    const SynthesisResult result = synthesizeSample(model, model.samples[0], cache);
    const Area &sample = model.samples[0].area;
    // The mapper's choices move by a LUT with the order in which it meets modules.
    EXPECT_NEAR(static_cast<double>(result.area.lut), static_cast<double>(sample.lut),
                0.01 * static_cast<double>(sample.lut))
        << file;
    EXPECT_EQ(result.area.ff, sample.ff) << file;
    EXPECT_EQ(result.area.dsp, sample.dsp) << file;
    EXPECT_EQ(result.area.bram, sample.bram) << file;
    EXPECT_GT(result.levels, 1);
    EXPECT_LT(result.levels, 20);
    ++compared;
  }
  EXPECT_EQ(compared, 2);
  std::filesystem::remove_all(cache);
}

} // namespace
} // namespace mase
