// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/profile.h"

#include "mase/runtime/tiny_model.h"
#include "mase/support/parallel.h"
#include "mase/support/random.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

namespace mase {
namespace {

TEST(MomentsTest, MergedAreThoseOfTheWhole) {
  Random random(3);
  std::vector<float> values;
  for (int i = 0; i < 1000; ++i)
    values.push_back(static_cast<float>(random.uniform() * random.uniform() * (i % 7) + 100));
  double mean = 0, m2 = 0, m4 = 0;
  for (double value : values)
    mean += value / 1000;
  for (double value : values)
    m2 += std::pow(value - mean, 2), m4 += std::pow(value - mean, 4);
  Moments whole;
  for (size_t begin = 0; begin < values.size(); begin += 37)
    whole.add(std::span(values).subspan(begin, std::min<size_t>(37, values.size() - begin)));
  EXPECT_EQ(whole.count, 1000);
  EXPECT_EQ(whole.greatest, *std::max_element(values.begin(), values.end()));
  EXPECT_EQ(whole.least, *std::min_element(values.begin(), values.end()));
  EXPECT_NEAR(whole.mean, mean, 1e-9);
  EXPECT_NEAR(whole.variance(), m2 / 1000, 1e-9 * m2);
  EXPECT_NEAR(whole.kurtosis(), 1000 * m4 / m2 / m2, 1e-6);
  // Two values, evenly: the least kurtosis there is.
  Moments two;
  two.add(std::vector<float>{1, -1, 1, -1});
  EXPECT_EQ(two.kurtosis(), 1);
  EXPECT_EQ(two.variance(), 1);
  Moments none;
  none.add(std::span<const float>());
  EXPECT_EQ(none.kurtosis(), 0);
}

TEST(ProfileTest, WeightsAndEdgesOfATinyModel) {
  Plan plan(testing_model::TinyModel().graph());
  const std::vector<int32_t> a = {1, 5, 9, 30, 2}, b = {7, 8, 63};
  const std::vector<std::span<const int32_t>> texts = {a, b};
  const std::vector<TensorProfile> tensors = profileTensors(plan, texts);
  const auto find = [&](const std::string &name) -> const TensorProfile & {
    for (const TensorProfile &tensor : tensors)
      if (tensor.name == name)
        return tensor;
    ADD_FAILURE() << name;
    return tensors.front();
  };
  const TensorProfile &weight = find("model.layers.1.mlp.gate_proj.weight");
  EXPECT_TRUE(weight.weight);
  EXPECT_EQ(weight.layer, 1);
  EXPECT_EQ(weight.kind, "mlp.gate_proj.weight");
  EXPECT_EQ(weight.moments.count, 64 * 96);
  EXPECT_EQ(weight.channels, 64);
  // An edge: each token's row, against the linear run by hand.
  const TensorProfile &edge = find("model.layers.1.mlp.gate_proj");
  EXPECT_FALSE(edge.weight);
  EXPECT_EQ(edge.moments.count, 8 * 96);
  // Scores: only what the causal mask leaves, four heads.
  int64_t masked = 0;
  for (const TensorProfile &tensor : tensors)
    masked += tensor.layer == 0 && tensor.kind.ends_with("softmax") && tensor.moments.count == 4 * (15 + 6);
  EXPECT_EQ(masked, 1);
}

TEST(ProfileTest, OutliersAndTheirChannels) {
  testing_model::TinyModel model;
  Graph graph = model.graph();
  for (GraphStep &step : graph.steps)
    for (Constant &constant : step.op.constants)
      if (step.module == "model.layers.0.mlp.up_proj") {
        auto values = std::make_shared<std::vector<float>>(
            constant.values.data, constant.values.data + constant.values.rows * constant.values.cols);
        for (int64_t r = 0; r < 5; ++r)
          (*values)[static_cast<size_t>(r * constant.values.cols + 11)] = 100;
        constant.values = {values->data(), constant.values.rows, constant.values.cols};
        graph.memory = std::make_shared<std::pair<std::shared_ptr<void>, std::shared_ptr<void>>>(graph.memory, values);
      }
  Plan plan(std::move(graph));
  const std::vector<int32_t> text = {1, 5, 9};
  int seen = 0;
  for (const TensorProfile &tensor : profileTensors(plan, std::vector<std::span<const int32_t>>{text}))
    if (tensor.name == "model.layers.0.mlp.up_proj.weight") {
      ++seen;
      EXPECT_EQ(tensor.outliers, 5);
      ASSERT_EQ(tensor.channelsOut.size(), 1);
      EXPECT_EQ(tensor.channelsOut[0].channel, 11);
      EXPECT_GT(tensor.moments.kurtosis(), 100);
    }
  EXPECT_EQ(seen, 1);
}

} // namespace
} // namespace mase
