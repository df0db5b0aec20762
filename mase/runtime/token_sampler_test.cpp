// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Seeds are fixed, so these tests pass always or never; the bounds are those that a right sampler misses once in a
// thousand seeds.
#include "mase/runtime/token_sampler.h"

#include "mase/support/error.h"

#include <cmath>
#include <gmock/gmock.h>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace mase {
namespace {

using testing::ElementsAre;

constexpr float infinity = std::numeric_limits<float>::infinity();

std::map<int32_t, int> counts(const SamplingOptions &options, const std::vector<float> &logits, int draws) {
  const TokenSampler sampler(options);
  std::map<int32_t, int> found;
  for (int place = 0; place < draws; ++place)
    ++found[sampler.draw(logits, place)];
  return found;
}

/// The ids that are drawn at all.
std::vector<int32_t> drawn(const SamplingOptions &options, const std::vector<float> &logits) {
  std::vector<int32_t> ids;
  for (const auto &[id, count] : counts(options, logits, 2000))
    ids.push_back(id);
  return ids;
}

/// Logits of given probabilities.
std::vector<float> logitsOf(const std::vector<double> &probabilities) {
  std::vector<float> logits;
  for (double p : probabilities)
    logits.push_back(static_cast<float>(std::log(p)));
  return logits;
}

/// Chi-square of 20000 draws against `expected`, which sums to 1.
double chiSquare(const SamplingOptions &options, const std::vector<float> &logits,
                 const std::vector<double> &expected) {
  constexpr int draws = 20000;
  std::map<int32_t, int> found = counts(options, logits, draws);
  double sum = 0;
  for (size_t id = 0; id < expected.size(); ++id) {
    const double mean = expected[id] * draws, off = found[static_cast<int32_t>(id)] - mean;
    if (mean > 0)
      sum += off * off / mean;
    else
      EXPECT_EQ(off, 0) << "id " << id;
  }
  return sum;
}

const std::vector<double> eight = {0.05, 0.3, 0.02, 0.2, 0.03, 0.25, 0.05, 0.1};

TEST(TokenSampler, DrawsAsProbableAsTheLogitsSay) {
  constexpr double bound = 24.32; // 7 degrees of freedom, 0.001
  for (uint64_t seed = 1; seed <= 3; ++seed)
    EXPECT_LT(chiSquare({1, 0, 1, seed}, logitsOf(eight), eight), bound) << seed;
  // Another temperature is another distribution, and the test sees the difference.
  EXPECT_GT(chiSquare({1.1, 0, 1, 1}, logitsOf(eight), eight), bound);
}

TEST(TokenSampler, TemperatureIsAPower) {
  for (double temperature : {0.5, 2.0}) {
    std::vector<double> expected;
    double sum = 0;
    for (double p : eight)
      sum += expected.emplace_back(std::pow(p, 1 / temperature));
    for (double &p : expected)
      p /= sum;
    EXPECT_LT(chiSquare({temperature, 0, 1, 5}, logitsOf(eight), expected), 24.32) << temperature;
  }
  EXPECT_THAT(drawn({1e-6, 0, 1, 1}, logitsOf(eight)), ElementsAre(1));
  EXPECT_EQ(drawn({1e6, 0, 1, 1}, logitsOf(eight)).size(), 8u);
}

TEST(TokenSampler, TopKAndTopPAreTakenOneBehindTheOther) {
  // Of the first three, 0.3, 0.25 and 0.2, two make 0.733 of them, all that 0.7 asks for.
  constexpr double bound = 10.83; // 1 degree of freedom, 0.001
  const std::vector<double> expected = {0, 0.3 / 0.55, 0, 0, 0, 0.25 / 0.55, 0, 0};
  EXPECT_LT(chiSquare({1, 3, 0.7, 7}, logitsOf(eight), expected), bound);
  EXPECT_THAT(drawn({1, 0, 0.7, 7}, logitsOf(eight)), ElementsAre(1, 3, 5)); // top-p alone needs three
  // The temperature comes first: at 0.25 the greatest has 0.57 of all.
  EXPECT_THAT(drawn({0.25, 0, 0.55, 7}, logitsOf(eight)), ElementsAre(1));
}

TEST(TokenSampler, TopKAtItsEnds) {
  EXPECT_THAT(drawn({1, 1, 1, 1}, logitsOf(eight)), ElementsAre(1));
  EXPECT_EQ(drawn({1, 0, 1, 1}, logitsOf(eight)).size(), 8u);
  EXPECT_EQ(drawn({1, 8, 1, 1}, logitsOf(eight)).size(), 8u);
  EXPECT_EQ(drawn({1, int64_t{1} << 40, 1, 1}, logitsOf(eight)).size(), 8u);
}

TEST(TokenSampler, TopPAtItsEnds) {
  EXPECT_THAT(drawn({1, 0, 1e-9, 1}, logitsOf(eight)), ElementsAre(1)); // one is always kept
  EXPECT_EQ(drawn({1, 0, 1, 1}, logitsOf(eight)).size(), 8u);
  // Exact in binary: two make just the half, and a third is not needed.
  const std::vector<float> quarters = {0, 0, 0, 0};
  EXPECT_THAT(drawn({1, 0, 0.5, 1}, quarters), ElementsAre(0, 1));
  EXPECT_THAT(drawn({1, 0, 0.500001, 1}, quarters), ElementsAre(0, 1, 2));
}

TEST(TokenSampler, OfEqualLogitsTheSmallerIdComesFirst) {
  const std::vector<float> logits = {1, 3, 2, 3, 2, 2, 3};
  EXPECT_THAT(drawn({1, 2, 1, 1}, logits), ElementsAre(1, 3));
  EXPECT_THAT(drawn({1, 4, 1, 1}, logits), ElementsAre(1, 2, 3, 6));
  EXPECT_EQ(mostLikely(std::span<const float>(logits)), 1);
  const std::vector<float> zeros = {-0.0F, 0.0F};
  EXPECT_EQ(mostLikely(std::span<const float>(zeros)), 0);
}

TEST(TokenSampler, DependsOnSeedAndPlaceAlone) {
  const TokenSampler a({1, 0, 1, 1}), b({1, 0, 1, 1}), c({1, 0, 1, 2});
  std::vector<int32_t> forwards, backwards, others;
  const std::vector<float> logits = logitsOf(eight);
  for (int place = 0; place < 100; ++place) {
    forwards.push_back(a.draw(logits, place));
    backwards.insert(backwards.begin(), b.draw(logits, 99 - place));
    others.push_back(c.draw(logits, place));
  }
  EXPECT_EQ(forwards, backwards);
  EXPECT_NE(forwards, others);
}

TEST(TokenSampler, NeverDrawsTheImpossible) {
  EXPECT_THAT(drawn({1, 0, 1, 1}, {-infinity, 0, -infinity, 0, -1e30F}), ElementsAre(1, 3));
  EXPECT_THAT(drawn({1, 4, 0.9999, 1}, {-infinity, 0, -infinity, 0, -1e30F}), ElementsAre(1, 3));
  EXPECT_THAT(drawn({1, 0, 1, 1}, {-5}), ElementsAre(0));
}

std::string errorOf(const SamplingOptions &options, const std::vector<float> &logits = {0, 1}) {
  try {
    (void)TokenSampler(options).draw(logits, 0);
  } catch (const InputError &error) {
    return error.what();
  }
  return "no error";
}

TEST(TokenSampler, RefusesOptionsThatMeanNothing) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  for (double temperature : {0.0, -1.0, nan, static_cast<double>(infinity)})
    EXPECT_THAT(errorOf({temperature, 0, 1, 0}), testing::HasSubstr("is no positive number (1 leaves the distribution "
                                                                    "as it is; no sampling option: the most "
                                                                    "likely token)"));
  EXPECT_EQ(errorOf({1, -1, 1, 0}), "top-k -1 is negative (0 keeps all tokens)");
  for (double topP : {0.0, -0.5, 1.5, nan})
    EXPECT_THAT(errorOf({1, 0, topP, 0}),
                testing::HasSubstr("is no share of the probability (above 0, at most 1, which keeps all tokens)"));
  EXPECT_EQ(errorOf({1e-300, 1, 1e-300, 0}), "no error");
}

TEST(TokenSampler, RefusesLogitsThatAreNoNumbers) {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(errorOf({}, {0, nan}),
            "logit 1 is nan, and nothing can be drawn (formats with a wider range give numbers)");
  EXPECT_THAT(errorOf({}, {nan, 0}), testing::HasSubstr("logit 0 is nan, and nothing can be drawn"));
  EXPECT_THAT(errorOf({}, {0, infinity}), testing::HasSubstr("logit 1 is inf, and nothing can be drawn"));
  EXPECT_THAT(errorOf({}, {-infinity, -infinity}), testing::HasSubstr("logit 0 is -inf, and nothing can be drawn"));
}

} // namespace
} // namespace mase
