// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/groups/damage_model.h"

#include "mase/search/paired.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <numbers>
#include <numeric>

namespace mase::groups {
namespace {

/// A standard normal number (Box and Muller).
double normal(Random &random) {
  const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
  return radius * std::cos(2 * std::numbers::pi * random.uniform());
}

/// The mean squared error of a format on normal numbers, relative to their variance.
double gaussianNoise(const Format &format) {
  constexpr int64_t rows = 32, cols = 256;
  std::vector<float> x(rows * cols), y(rows * cols);
  Random random(0);
  for (float &value : x)
    value = static_cast<float>(normal(random));
  format.fakeQuantize({x.data(), rows, cols}, {y.data(), rows, cols});
  double error = 0, power = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    error += std::pow(static_cast<double>(x[i]) - y[i], 2);
    power += std::pow(static_cast<double>(x[i]), 2);
  }
  return error / power;
}

/// How far a priori a tensor's damage lies from the mean damage, in units of the mean, squared: what all tensors of a
/// role share, what a group shares, and what is a tensor's own.
constexpr double roleVariance = 0.3, groupVariance = 0.5, tensorVariance = 2;
/// Part of a trial's change of loss that the linear model misses: errors of several tensors interact.
constexpr double misfit = 0.1;

} // namespace

DamageModel::DamageModel(const Space &space) : space_(space), uniform_(space.uniform()) {
  std::map<const Format *, double> known;
  for (size_t i = 0; i < space.variables.size(); ++i) {
    std::vector<double> &noise = noise_.emplace_back();
    for (const Format *format : space.variables[i].choices) {
      auto [place, isNew] = known.try_emplace(format, 0.0);
      if (isNew)
        place->second = gaussianNoise(*format);
      noise.push_back(place->second);
    }
    const double unit = std::max(noise[static_cast<size_t>(uniform_[i])], 1e-12);
    for (double &value : noise)
      value /= unit;
  }
  SymmetricMatrix covariance(space.variables.size());
  for (size_t i = 0; i < covariance.size(); ++i)
    for (size_t j = 0; j <= i; ++j) {
      const Variable &a = space.variables[i], &b = space.variables[j];
      covariance.at(i, j) = (a.role == b.role ? roleVariance : 0) + (a.group == b.group ? groupVariance : 0) +
                            (i == j ? tensorVariance : 0);
    }
  covariance.factorize();
  priorInformation_ = covariance.inverse();
}

double DamageModel::noiseAgainstUniform(size_t variable, int choice) const {
  return noise_[variable][static_cast<size_t>(choice)] - noise_[variable][static_cast<size_t>(uniform_[variable])];
}

void DamageModel::fit(std::span<const Trial> history) {
  assert(!history.empty());
  const size_t variables = space_.variables.size();
  std::vector<std::vector<double>> rows;
  std::vector<double> y;
  double lowered = 0, rise = 0, pairedVariance = 0;
  size_t paired = 0;
  const std::vector<double> &base = windowCosts(history[0].evaluation);
  for (size_t t = 1; t < history.size(); ++t) {
    if (!std::isfinite(history[t].cost - history[0].cost))
      continue;
    std::vector<double> row(variables + 1, 1.0);
    for (size_t i = 0; i < variables; ++i)
      row[i] = noiseAgainstUniform(i, history[t].choice[i]);
    y.push_back(history[t].cost - history[0].cost);
    // Tensors that were raised were chosen, so only what was lowered blindly tells what is typical.
    if (std::all_of(row.begin(), row.end(), [](double noise) { return noise >= 0; })) {
      lowered += std::accumulate(row.begin(), row.end() - 1, 0.0);
      rise += y.back();
    }
    rows.push_back(std::move(row));
    const std::vector<double> &windows = windowCosts(history[t].evaluation);
    if (windows.size() < 2 || windows.size() != base.size())
      continue;
    pairedVariance += std::pow(pairedDifference(history[t].evaluation, history[0].evaluation).standardError, 2);
    ++paired;
  }
  // Half of a difference's variance is the uniform trial's, which all trials share: the offset's.
  const double variance = paired ? std::max(pairedVariance / static_cast<double>(paired) / 2, 1e-10) : 1e-6;
  trialNoise_ = std::sqrt(variance);
  const double typical = typical_ = std::max(lowered > 0 ? rise / lowered : 0, trialNoise_ / 20);

  information_ = SymmetricMatrix(variables + 1);
  for (size_t i = 0; i < variables; ++i)
    for (size_t j = 0; j <= i; ++j)
      information_.at(i, j) = priorInformation_.at(i, j) / (typical * typical);
  information_.at(variables, variables) = 1 / variance;
  std::vector<double> right(variables + 1);
  for (size_t i = 0; i <= variables; ++i) // prior information times the prior mean: `typical`, offset 0
    for (size_t j = 0; j < variables; ++j)
      right[i] += typical * information_.at(std::max(i, j), std::min(i, j));
  for (size_t t = 0; t < rows.size(); ++t) {
    const double weight = 1 / (variance + std::pow(misfit * y[t], 2));
    information_.addOuter(rows[t], weight);
    for (size_t i = 0; i <= variables; ++i)
      right[i] += weight * y[t] * rows[t][i];
  }
  information_.factorize();
  information_.solveLower(right);
  information_.solveUpper(right);
  mean_.assign(right.begin(), right.end() - 1);
}

std::vector<double> DamageModel::sample(Random &random) const {
  std::vector<double> draw(information_.size());
  for (double &value : draw)
    value = normal(random);
  information_.solveUpper(draw);
  draw.pop_back();
  for (size_t i = 0; i < draw.size(); ++i)
    draw[i] += mean_[i];
  return draw;
}

std::vector<double> DamageModel::deviation() const {
  const SymmetricMatrix covariance = information_.inverse();
  std::vector<double> deviation;
  for (size_t i = 0; i + 1 < covariance.size(); ++i)
    deviation.push_back(std::sqrt(covariance.at(i, i)));
  return deviation;
}

double DamageModel::predict(const Choice &choice, const std::vector<double> &damage) const {
  double sum = 0;
  for (size_t i = 0; i < choice.size(); ++i)
    sum += damage[i] * noiseAgainstUniform(i, choice[i]);
  return sum;
}

} // namespace mase::groups
