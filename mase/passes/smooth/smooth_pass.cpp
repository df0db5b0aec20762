// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/passes/smooth/smooth_pass.h"

#include "mase/passes/structure.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace mase {
namespace {

struct InputStatistics {
  std::vector<float> largest;
  std::vector<double> sum, squares;
  double rows = 0;
};

// Of the float model, by the step of the linear.
std::map<size_t, InputStatistics> inputStatistics(const Weights &weights, Layerwise::Windows windows) {
  const std::vector<size_t> linears = weights.linears();
  Layerwise run(weights, windows, FormatAssignment(2 * linears.size(), &fp32()));
  std::map<size_t, InputStatistics> result;
  for (const size_t step : linears) {
    run.runTo(step);
    InputStatistics &of = result[step];
    const auto cols = static_cast<size_t>(weights.constant(step, 0).cols);
    of.largest.resize(cols), of.sum.resize(cols), of.squares.resize(cols);
    for (size_t w = 0; w < run.windows(); ++w) {
      const ConstMatrixView x = run.value(w, weights.step(step).inputs[0]);
      of.rows += static_cast<double>(x.rows);
      for (int64_t r = 0; r < x.rows; ++r)
        for (size_t c = 0; c < cols; ++c) {
          const float value = x.row(r)[c];
          of.largest[c] = std::max(of.largest[c], std::fabs(value));
          of.sum[c] += value;
          of.squares[c] += static_cast<double>(value) * value;
        }
    }
  }
  return result;
}

// Feature j of the second linear's input is output j of the first one, or of the values' head that it reads.
int64_t outputOf(const FeaturePair &pair, int64_t feature) {
  return pair.headSize == 0 ? feature
                            : feature / (pair.headSize * pair.shared) * pair.headSize + feature % pair.headSize;
}

// By which activations are divided: about 1 on the whole; features that are never used stay.
std::vector<float> factors(const std::vector<float> &activations, const std::vector<float> &columns, double alpha) {
  std::vector<float> result(activations.size(), 1.0F);
  double logs = 0;
  int64_t used = 0;
  for (size_t j = 0; j < result.size(); ++j)
    if (activations[j] > 0 && columns[j] > 0) {
      result[j] = static_cast<float>(std::pow(activations[j], alpha) / std::pow(columns[j], 1 - alpha));
      logs += std::log(result[j]), ++used;
    }
  const double mean = used > 0 ? std::exp(logs / static_cast<double>(used)) : 1;
  for (size_t j = 0; j < result.size(); ++j)
    result[j] =
        activations[j] > 0 && columns[j] > 0 ? static_cast<float>(std::clamp(result[j] / mean, 1.0 / 64, 64.0)) : 1;
  return result;
}

void raiseByColumns(ConstMatrixView w, std::vector<float> &largest) {
  for (int64_t r = 0; r < w.rows; ++r)
    for (int64_t c = 0; c < w.cols; ++c)
      largest[static_cast<size_t>(c)] = std::max(largest[static_cast<size_t>(c)], std::fabs(w.row(r)[c]));
}

void scaleColumns(MatrixView w, const std::vector<float> &by) {
  for (int64_t r = 0; r < w.rows; ++r)
    for (int64_t c = 0; c < w.cols; ++c)
      w.row(r)[c] *= by[static_cast<size_t>(c)];
}

void smoothNorm(Weights &weights, const NormReaders &norm, const std::vector<float> &activations, double alpha) {
  std::vector<float> columns(activations.size());
  for (const size_t linear : norm.linears)
    raiseByColumns(weights.constant(linear, 0), columns);
  const std::vector<float> s = factors(activations, columns, alpha);
  for (const size_t linear : norm.linears)
    scaleColumns(weights.constant(linear, 0), s);
  for (size_t k = 0; weights.has(norm.norm, k); ++k) // gain and bias
    for (size_t j = 0; j < s.size(); ++j)
      weights.constant(norm.norm, k).data[j] /= s[j];
}

void smoothPair(Weights &weights, const FeaturePair &pair, const std::vector<float> &activations, double alpha) {
  const MatrixView first = weights.constant(pair.first, 0), second = weights.constant(pair.second, 0);
  const auto outputs = static_cast<size_t>(first.rows);
  std::vector<float> columns(activations.size()), ofOutput(outputs), columnOfOutput(outputs);
  raiseByColumns(second, columns);
  for (size_t j = 0; j < columns.size(); ++j) {
    const auto o = static_cast<size_t>(outputOf(pair, static_cast<int64_t>(j)));
    ofOutput[o] = std::max(ofOutput[o], activations[j]);
    columnOfOutput[o] = std::max(columnOfOutput[o], columns[j]);
  }
  const std::vector<float> s = factors(ofOutput, columnOfOutput, alpha);
  std::vector<float> byFeature(columns.size());
  for (size_t j = 0; j < byFeature.size(); ++j)
    byFeature[j] = s[static_cast<size_t>(outputOf(pair, static_cast<int64_t>(j)))];
  scaleColumns(second, byFeature);
  for (int64_t r = 0; r < first.rows; ++r) {
    const float by = s[static_cast<size_t>(r)];
    for (int64_t c = 0; c < first.cols; ++c)
      first.row(r)[c] /= by;
    if (weights.has(pair.first, 1))
      weights.constant(pair.first, 1).data[r] /= by;
  }
}

void reorderRows(MatrixView w, const std::vector<int64_t> &order) {
  std::vector<float> rows;
  for (const int64_t from : order)
    rows.insert(rows.end(), w.row(from), w.row(from) + w.cols);
  for (int64_t r = 0; r < w.rows; ++r)
    std::copy_n(rows.data() + r * w.cols, w.cols, w.row(r));
}

// bias += W means
void addToBias(Weights &weights, size_t linear, const std::vector<float> &means) {
  const MatrixView w = weights.constant(linear, 0);
  for (int64_t r = 0; r < w.rows; ++r) {
    double sum = 0;
    for (int64_t c = 0; c < w.cols; ++c)
      sum += static_cast<double>(w.row(r)[c]) * means[static_cast<size_t>(c)];
    weights.constant(linear, 1).data[r] += static_cast<float>(sum);
  }
}

} // namespace

void runSmooth(Weights &weights, Layerwise::Windows windows, const SmoothOptions &options) {
  const std::map<size_t, InputStatistics> statistics = inputStatistics(weights, windows);
  if (options.norms)
    for (const NormReaders &norm : normsBeforeLinears(weights))
      smoothNorm(weights, norm, statistics.at(norm.linears.front()).largest, options.alpha);
  if (options.pairs)
    for (const FeaturePair &pair : featurePairs(weights))
      if (pair.scales)
        smoothPair(weights, pair, statistics.at(pair.second).largest, options.alpha);
}

void runReorder(Weights &weights, Layerwise::Windows windows) {
  const std::map<size_t, InputStatistics> statistics = inputStatistics(weights, windows);
  for (const FeaturePair &pair : featurePairs(weights)) {
    if (pair.headSize > 0)
      continue;
    const std::vector<double> &squares = statistics.at(pair.second).squares;
    std::vector<int64_t> order(squares.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
      return squares[static_cast<size_t>(a)] > squares[static_cast<size_t>(b)];
    });
    std::vector<size_t> producers = pair.beside;
    producers.push_back(pair.first);
    for (const size_t linear : producers) {
      reorderRows(weights.constant(linear, 0), order);
      if (weights.has(linear, 1)) {
        const MatrixView bias = weights.constant(linear, 1);
        reorderRows({bias.data, bias.rows * bias.cols, 1}, order);
      }
    }
    const MatrixView second = weights.constant(pair.second, 0);
    std::vector<float> row(order.size());
    for (int64_t r = 0; r < second.rows; ++r) {
      for (size_t c = 0; c < row.size(); ++c)
        row[c] = second.row(r)[order[c]];
      std::copy(row.begin(), row.end(), second.row(r));
    }
  }
}

void runCentre(Weights &weights, Layerwise::Windows windows) {
  const std::map<size_t, InputStatistics> statistics = inputStatistics(weights, windows);
  const auto meansOf = [&](size_t linear) {
    const InputStatistics &of = statistics.at(linear);
    std::vector<float> means;
    for (const double sum : of.sum)
      means.push_back(static_cast<float>(sum / of.rows));
    return means;
  };
  for (const NormReaders &norm : normsBeforeLinears(weights)) {
    if (!weights.has(norm.norm, 1) ||
        !std::all_of(norm.linears.begin(), norm.linears.end(), [&](size_t l) { return weights.has(l, 1); }))
      continue;
    const std::vector<float> means = meansOf(norm.linears.front());
    for (size_t j = 0; j < means.size(); ++j)
      weights.constant(norm.norm, 1).data[j] -= means[j];
    for (const size_t linear : norm.linears)
      addToBias(weights, linear, means);
  }
  for (const FeaturePair &pair : featurePairs(weights)) {
    if (pair.headSize == 0 || !weights.has(pair.first, 1) || !weights.has(pair.second, 1))
      continue;
    // Heads that share values share what is moved.
    const std::vector<float> means = meansOf(pair.second);
    std::vector<float> moved(static_cast<size_t>(weights.constant(pair.first, 0).rows)), byFeature(means.size());
    for (size_t j = 0; j < means.size(); ++j)
      moved[static_cast<size_t>(outputOf(pair, static_cast<int64_t>(j)))] += means[j] / static_cast<float>(pair.shared);
    for (size_t j = 0; j < means.size(); ++j)
      byFeature[j] = moved[static_cast<size_t>(outputOf(pair, static_cast<int64_t>(j)))];
    for (size_t o = 0; o < moved.size(); ++o)
      weights.constant(pair.first, 1).data[o] -= moved[o];
    addToBias(weights, pair.second, byFeature);
  }
}

} // namespace mase
