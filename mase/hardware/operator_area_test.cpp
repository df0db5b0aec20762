// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/operator_area.h"

#include "mase/hardware/formula.h"
#include "mase/hardware/operator_area_model.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"
#include "mase/support/output.h"

#include <gmock/gmock.h>

namespace mase {
namespace {

using testing::HasSubstr;

template <typename Work>
std::string errorOf(const Work &work) {
  try {
    work();
  } catch (const InputError &error) {
    return error.what();
  }
  return "no error";
}

TEST(Formula, IsArithmetic) {
  const Variables values = {{"TileIn", 4}, {"bits", 12}};
  EXPECT_EQ(evaluateFormula("1 + 2 * TileIn - bits / (2 + 1)", values), 5);
  EXPECT_EQ(evaluateFormula("-(3 - 5) * max(TileIn, bits)", values), 24);
  EXPECT_EQ(evaluateFormula("min(1, bits) + log2(TileIn * bits) + pow2(3) + ceil(bits / 5)", values), 1 + 6 + 8 + 3);
  EXPECT_EQ(evaluateFormula("least(TileIn, 4) + least(bits, 4) + log2(1)", values), 1);
}

TEST(Formula, FaultsAreReported) {
  const Variables values = {{"TileIn", 4}};
  EXPECT_EQ(errorOf([&] { evaluateFormula("TileIm + 1", values); }),
            "formula 'TileIm + 1': name 'TileIm' does not exist (did you mean 'TileIn'? known: TileIn)");
  EXPECT_EQ(errorOf([&] { evaluateFormula("log(TileIn)", values); }),
            "formula 'log(TileIn)': function 'log' does not exist (min, max, log2, pow2, ceil and least do)");
  EXPECT_EQ(errorOf([&] { evaluateFormula("max(TileIn)", values); }), "formula 'max(TileIn)': ',' was expected at ')'");
  EXPECT_EQ(errorOf([&] { evaluateFormula("(1 + 2", values); }), "formula '(1 + 2': ')' was expected at ''");
  EXPECT_EQ(errorOf([&] { evaluateFormula("1 2", values); }), "formula '1 2': an operator was expected at '2'");
  EXPECT_EQ(errorOf([&] { evaluateFormula("1 +", values); }),
            "formula '1 +': a number, a name or '(' was expected at ''");
}

const char *const kModel = R"TOML(# a comment at the head
module = "mase_thing"
yosys = "Yosys"
max_error = 0.1
parameters = [
  "TileIn",
  "Bits = 8",
]
literals = [
  "Words = TileIn * 33",
]
variables = [
  "lane_bits = TileIn * Bits",
]
dsp = "TileIn"
bram = "least(3, TileIn)"
sample = [
  { TileIn = 2, lut = 42, ff = 16, dsp = 2 },
  { TileIn = 4, Bits = 4, lut = 42, ff = 16, dsp = 4, bram = 1 },
]

[lut]
terms = [
  "1",
  "lane_bits",
]
coefficients = [10, 2]
mean_error = 0.05
worst_error = 0.2

[ff]
terms = [
  "lane_bits",
]
coefficients = [1]
mean_error = 0
worst_error = 0
)TOML";

class OperatorModel : public testing::Test {
protected:
  std::filesystem::path path = std::filesystem::path(testing::TempDir()) / "mase_operator_area" / "model.toml";
  OperatorAreaModel read(const std::string &from = "", const std::string &to = "") {
    std::string text = kModel;
    if (!from.empty())
      text.replace(text.find(from), from.size(), to);
    writeFile(path, text);
    return readOperatorAreaModel(path);
  }
};

TEST_F(OperatorModel, PredictsByParametersAndSurvivesItsFile) {
  const OperatorAreaModel model = read();
  EXPECT_EQ(model.predict({{"TileIn", 5}}), (Area{90, 40, 5, 1, 0}));
  EXPECT_EQ(model.predict({{"Bits", 3}, {"Other", 7}, {"TileIn", 1}}), (Area{16, 3, 1, 0, 0}));
  EXPECT_EQ(model.literalsOf(model.samples[0])[0].second.substr(0, 5), "66'h3"); // 17 digits, two bits in the first
  EXPECT_EQ(model.literalsOf(model.samples[0])[0].second.size(), 4u + 17);
  writeOperatorAreaModel(path, model);
  EXPECT_EQ(readTextFile(path), kModel);
}

TEST_F(OperatorModel, FaultsAreReported) {
  EXPECT_THAT(errorOf([&] { read("dsp = 2", "dsp = 3"); }),
              HasSubstr("3 DSPs, 0 block memories and 0 UltraRAMs were measured (the formulas give 2, 0 and 0)"));
  EXPECT_THAT(errorOf([&] { read("mean_error = 0.05", "mean_error = 0.2"); }),
              HasSubstr("cross-validated error 0.2 exceeds the bound 0.1"));
  EXPECT_EQ(errorOf([&] {
              read().predict({{"Bits", 3}});
            }),
            "mase_thing: has no parameter 'TileIn', which its area model needs (its cost/*.toml may say what it counts "
            "then)");
  EXPECT_THAT(errorOf([&] { read("Bits = 4", "Bit = 4"); }), HasSubstr("'Bit'"));
}

// Coefficients and errors are what the samples give, and each error is below its bound (reading refuses it else).
TEST(OperatorModels, AreFittedToTheirSamples) {
  EXPECT_GE(operatorAreaFiles().size(), 15u);
  for (const std::filesystem::path &file : operatorAreaFiles()) {
    const OperatorAreaModel model = readOperatorAreaModel(file);
    EXPECT_EQ(model.module, file.stem().string());
    OperatorAreaModel again = model;
    fitOperatorAreaModel(again);
    for (auto response : {&OperatorAreaModel::lut, &OperatorAreaModel::ff}) {
      EXPECT_GE(model.samples.size(), (model.*response).terms.size()) << file;
      EXPECT_NEAR((again.*response).meanError, (model.*response).meanError, 1e-6) << file;
      for (size_t t = 0; t < (model.*response).coefficients.size(); ++t)
        EXPECT_NEAR((again.*response).coefficients[t], (model.*response).coefficients[t], 1e-6) << file;
    }
  }
}

TEST(OperatorModels, PredictModulesThatHaveOne) {
  HardwareModule module;
  module.module = "mase_row_filter";
  module.parameters = {{"Width", "20"}, {"Beats", "64"}, {"Table", "3'h1"}};
  const std::optional<Area> area = predictedArea(module);
  ASSERT_TRUE(area);
  EXPECT_GT(area->lut, 40);
  EXPECT_LT(area->lut, 100);
  module.module = "mase_no_such_module";
  EXPECT_FALSE(predictedArea(module));
  EXPECT_EQ(fifoArea(72, 512).bram, 1);
  EXPECT_EQ(fifoArea(72, 64).bram, 0);
  EXPECT_GT(fifoArea(72, 64).lut, 8 * 11);
}

} // namespace
} // namespace mase
