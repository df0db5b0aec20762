// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/area_model.h"

#include "mase/formats/registry.h"
#include "mase/hardware/least_squares.h"
#include "mase/hardware/linear_area.h"
#include "mase/support/data_files.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"
#include "mase/support/output.h"
#include "mase/support/random.h"

#include <cmath>
#include <gmock/gmock.h>

namespace mase {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

const char *const kModel = R"(# a comment at the head
# of two lines
yosys = "Yosys"
max_error = 0.1
[lut]
terms = ["1", "macs"]
coefficients = [3, 2]
mean_error = 0.05
worst_error = 0.2
[ff]
terms = ["tile_in * 0.5 * tile_out"]
coefficients = [1]
mean_error = 0
worst_error = 0
[[sample]]
in = 64
out = 32
tile_in = 8
tile_out = 4
input = "mxint4"
weight = "mxint3"
output = "mxint8"
lut = 67
ff = 16
)";

std::string replaced(std::string text, const std::string &from, const std::string &to) {
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::filesystem::path written(const std::string &text) {
  std::filesystem::path path = std::filesystem::path(testing::TempDir()) / "mase_area_model" / "model.toml";
  writeFile(path, text);
  return path;
}

std::string errorOf(const std::string &text) {
  try {
    readAreaModel(written(text));
  } catch (const InputError &error) {
    return error.what();
  }
  return "no error";
}

TEST(LeastSquares, FindsTheCoefficientsThatMadeTheData) {
  Random random(1);
  std::vector<std::vector<double>> rows;
  std::vector<double> y;
  for (int i = 0; i < 20; ++i) {
    double a = random.uniform() * 100, b = random.uniform() * 10000, unused = random.uniform();
    rows.push_back({1, a, b, -unused}); // no response grows with -unused: its coefficient must stay 0
    y.push_back(50 + 3 * a + 0.25 * b + 5 * unused);
  }
  std::vector<double> x = fitRelative(rows, y);
  EXPECT_NEAR(x[0], 52.5, 4);
  EXPECT_NEAR(x[1], 3, 0.1);
  EXPECT_NEAR(x[2], 0.25, 0.001);
  EXPECT_EQ(x[3], 0);
}

TEST(LeastSquares, TheErrorIsRelative) {
  // One constant for 1 and 100: the relative squares are least near 1, where absolute squares would give 50.5.
  std::vector<double> x = fitRelative({{1}, {1}}, {1, 100});
  EXPECT_NEAR(x[0], (1 + 0.01) / (1 + 0.0001), 1e-6);
}

TEST(LeastSquares, CrossValidationLeavesTheSampleOut) {
  // The two equal samples predict each other and miss the third by |2 - 4| / 4; without one of the twos the fit to {2,
  // 4} is (1/2 + 1/4) / (1/4 + 1/16) = 2.4.
  CrossValidation errors = crossValidate({{1}, {1}, {1}}, {2, 2, 4});
  EXPECT_NEAR(errors.worst, 0.5, 1e-6);
  EXPECT_NEAR(errors.mean, (0.2 + 0.2 + 0.5) / 3, 1e-6);
}

TEST(AreaModel, ATermIsAProduct) {
  Variables variables = {{"macs", 32}, {"tile_in", 8}};
  EXPECT_EQ(evaluateTerm("1", variables), 1);
  EXPECT_EQ(evaluateTerm("macs * tile_in*0.5", variables), 128);
  try {
    evaluateTerm("macs * tile_inn", variables);
    FAIL();
  } catch (const InputError &error) {
    EXPECT_STREQ(error.what(), "term 'macs * tile_inn': variable 'tile_inn' does not exist (did you mean 'tile_in'? "
                               "known: macs, tile_in)");
  }
}

TEST(AreaModel, SurvivesItsFile) {
  std::filesystem::path path = written(kModel);
  AreaModel model = readAreaModel(path);
  EXPECT_EQ(model.lut.predict(linearVariables(model.samples[0].config)), 3 + 2 * 32);
  writeAreaModel(path, model);
  std::string first = readTextFile(path);
  EXPECT_EQ(first.rfind("# a comment at the head\n# of two lines\nyosys = ", 0), 0u);
  AreaModel again = readAreaModel(path);
  writeAreaModel(path, again);
  EXPECT_EQ(readTextFile(path), first);
  EXPECT_EQ(again.lut.coefficients, model.lut.coefficients);
  EXPECT_EQ(again.samples[0].config.weight, &parseFormat("mxint3"));
}

TEST(AreaModel, FaultsSayWhereAndWhat) {
  EXPECT_EQ(errorOf(kModel), "no error");
  EXPECT_THAT(
      errorOf(replaced(kModel, "mean_error = 0.05", "mean_error = 0.11")),
      HasSubstr("model.toml:8:14: cross-validated error 0.11 exceeds the bound 0.1 (better terms or more samples, "
                "not a wider bound)"));
  EXPECT_THAT(errorOf(replaced(kModel, "[3, 2]", "[3]")),
              EndsWith("model.toml:7:16: 1 coefficients for 2 terms (scripts/sample_area fits them)"));
  EXPECT_THAT(errorOf(replaced(kModel, "[3, 2]", "3")), EndsWith("7:16: 'coefficients' is not a list (write [...])"));
  EXPECT_THAT(errorOf(replaced(kModel, "[3, 2]", "[3, \"2\"]")),
              EndsWith("7:20: 'coefficients' holds something that is not a number"));
  EXPECT_THAT(errorOf(replaced(kModel, "[\"1\", \"macs\"]", "[\"1\", 2]")),
              EndsWith("6:15: 'terms' holds something that is not a text"));
  std::string text = kModel;
  EXPECT_THAT(errorOf(replaced(text.substr(0, text.find("[[sample]]")), "max_error", "sample = [1]\nmax_error")),
              EndsWith("4:11: 'sample' holds something that is not a table"));
  EXPECT_THAT(errorOf(replaced(kModel, "lut = 67", "lut = 0")),
              EndsWith("'lut' is not a whole number from 1 to 1000000000"));
  EXPECT_THAT(errorOf(replaced(kModel, "ff = 16", "ff = 16\ndsp = 9")),
              EndsWith("25:7: 9 DSPs were measured (8 are right)"));
  EXPECT_EQ(errorOf(replaced(kModel, "ff = 16", "ff = 16\ndsp = 8")), "no error");
  EXPECT_THAT(errorOf(replaced(kModel, "ff = 16", "fff = 16")), EndsWith("key 'ff' is missing in [sample]"));
}

TEST(LinearArea, TheStoredErrorIsWhatTheSamplesGive) {
  AreaModel stored = readAreaModel(dataFile("mase/ops/linear/cost/linear.toml"));
  EXPECT_GE(stored.samples.size(), 20u);
  EXPECT_LE(stored.maxError, 0.10);
  AreaModel fresh = stored;
  fitAreaModel(fresh, linearVariables);
  for (auto response : {&AreaModel::lut, &AreaModel::ff}) {
    EXPECT_NEAR((fresh.*response).meanError, (stored.*response).meanError, 1e-7);
    EXPECT_NEAR((fresh.*response).worstError, (stored.*response).worstError, 1e-7);
    ASSERT_EQ((fresh.*response).coefficients.size(), (stored.*response).coefficients.size());
    for (size_t t = 0; t < (fresh.*response).coefficients.size(); ++t)
      EXPECT_NEAR((fresh.*response).coefficients[t], (stored.*response).coefficients[t],
                  1e-6 * (1 + (stored.*response).coefficients[t]))
          << (stored.*response).terms[t];
  }
}

TEST(LinearArea, EveryVariableIsDocumented) {
  std::string page = readTextFile(std::filesystem::path(MASE_SOURCE_DIR) / "docs/area.md");
  for (const auto &[name, value] : linearVariables(linearAreaModel().samples.at(0).config))
    EXPECT_NE(page.find("`" + name + "`"), std::string::npos) << name;
}

TEST(LinearArea, MoreHardwareTakesMore) {
  LinearConfig config;
  config.inFeatures = config.outFeatures = 128;
  config.input = config.weight = config.output = &parseFormat("mxint4");
  Area area = linearArea(config);
  for (auto larger : {+[](LinearConfig &c) { c.tileOut = 2; }, +[](LinearConfig &c) { c.tileIn = 64; },
                      +[](LinearConfig &c) { c.weight = &parseFormat("mxint5"); },
                      +[](LinearConfig &c) { c.input = &parseFormat("mxint6"); },
                      +[](LinearConfig &c) { c.output = &parseFormat("mxint8"); }}) {
    LinearConfig other = config;
    larger(other);
    EXPECT_GT(linearArea(other).lut, area.lut);
  }
}

} // namespace
} // namespace mase
