// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/profile.h"

#include "mase/ops/registry.h"
#include "mase/runtime/edges.h"
#include "mase/support/parallel.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cmath>
#include <set>

namespace mase {
namespace {

/// What is gathered of one tensor, from some of its rows.
struct Gathered {
  Moments moments;
  std::vector<double> squares; // sum over the rows, for each column; empty: columns are positions
  int64_t rows = 0;

  void add(const Gathered &other) {
    moments.add(other.moments);
    squares.resize(std::max(squares.size(), other.squares.size()));
    for (size_t c = 0; c < other.squares.size(); ++c)
      squares[c] += other.squares[c];
    rows += other.rows;
  }
};

/// `visit(row, isWhole)` for each row of a step's result: of scores those columns that a causal mask leaves.
template <typename Visit>
void visitRows(const Graph &graph, bool causal, size_t step, const TensorView &output, const Visit &visit) {
  const bool grows = graph.values[static_cast<size_t>(graph.steps[step].output)].cols < 0;
  for (int64_t r = 0; r < output.rows; ++r)
    for (int64_t h = 0; h < output.heads; ++h) {
      const int64_t cols = grows && causal ? std::min(output.cols, r + 1) : output.cols;
      visit(std::span<const float>(output.head(h).row(r), static_cast<size_t>(cols)), h, grows);
    }
}

class Gatherer final : public Observer {
public:
  Gatherer(const Graph &graph, bool causal) : found(graph.steps.size()), graph_(graph), causal_(causal) {}

  void onOutput(size_t step, const TensorView &output) override {
    Gathered &of = found[step];
    visitRows(graph_, causal_, step, output, [&](std::span<const float> row, int64_t head, bool grows) {
      of.moments.add(row);
      if (grows)
        return;
      of.squares.resize(static_cast<size_t>(output.heads * output.cols));
      double *squares = of.squares.data() + head * output.cols;
      for (size_t c = 0; c < row.size(); ++c)
        squares[c] += static_cast<double>(row[c]) * static_cast<double>(row[c]);
    });
    of.rows += output.rows;
  }

  std::vector<Gathered> found; // for each step

private:
  const Graph &graph_;
  bool causal_;
};

int64_t countOutliers(std::span<const float> values, const Moments &moments) {
  const double most = outlierDeviations * std::sqrt(moments.variance());
  return std::count_if(values.begin(), values.end(),
                       [&](float value) { return std::fabs(static_cast<double>(value) - moments.mean) > most; });
}

class OutlierCounter final : public Observer {
public:
  OutlierCounter(const Graph &graph, bool causal, const std::vector<Gathered> &gathered)
      : found(graph.steps.size()), graph_(graph), causal_(causal), gathered_(gathered) {}

  void onOutput(size_t step, const TensorView &output) override {
    visitRows(graph_, causal_, step, output, [&](std::span<const float> row, int64_t, bool) {
      found[step] += countOutliers(row, gathered_[step].moments);
    });
  }

  std::vector<int64_t> found; // for each step

private:
  const Graph &graph_;
  bool causal_;
  const std::vector<Gathered> &gathered_;
};

/// Runs each text with an observer of its own; `merge` sees them in order.
template <typename O, typename Make, typename Merge>
void observe(const Plan &plan, const FormatAssignment &floats, std::span<const std::span<const int32_t>> texts,
             const std::function<void()> &onText, const Make &make, const Merge &merge) {
  std::vector<std::unique_ptr<O>> observers(texts.size());
  parallelFor(std::ssize(texts), [&](int64_t i) {
    const auto at = static_cast<size_t>(i);
    observers[at] = make();
    Sequence sequence(plan);
    plan.run(sequence, texts[at], floats, {.observer = observers[at].get()});
    onText();
  });
  for (const auto &observer : observers)
    merge(*observer);
}

// "model.layers.12.mlp.up_proj" -> 12 and "mlp.up_proj"; -1 and the whole name when no component is a number.
std::pair<int, std::string> layerAndKind(const std::string &name) {
  for (size_t begin = 0; begin < name.size();) {
    const size_t end = std::min(name.find('.', begin), name.size());
    int layer = -1;
    const char *last = name.data() + end;
    if (std::from_chars(name.data() + begin, last, layer).ptr == last && layer >= 0 && end < name.size())
      return {layer, name.substr(end + 1)};
    begin = end + 1;
  }
  return {-1, name};
}

TensorProfile profileOf(const std::string &name, bool weight, const Gathered &gathered, int64_t outliers) {
  TensorProfile profile;
  profile.name = name;
  std::tie(profile.layer, profile.kind) = layerAndKind(name);
  profile.weight = weight;
  profile.moments = gathered.moments;
  profile.outliers = outliers;
  profile.channels = std::ssize(gathered.squares);
  std::vector<double> rms;
  for (double squares : gathered.squares)
    rms.push_back(std::sqrt(squares / static_cast<double>(gathered.rows)));
  std::vector<double> sorted = rms;
  std::sort(sorted.begin(), sorted.end());
  for (size_t c = 0; c < rms.size(); ++c)
    if (rms[c] > outlierChannelFactor * sorted[sorted.size() / 2])
      profile.channelsOut.push_back({static_cast<int64_t>(c), rms[c]});
  std::stable_sort(profile.channelsOut.begin(), profile.channelsOut.end(),
                   [](const OutlierChannel &a, const OutlierChannel &b) { return a.rms > b.rms; });
  return profile;
}

/// A tensor of the model under the name that its reader gives it: fused ones have several.
struct NamedWeight {
  std::string name;
  ConstMatrixView values;
};

std::vector<NamedWeight> weightsOf(const Graph &graph) {
  std::vector<NamedWeight> weights;
  std::set<const float *> seen; // a tied tensor has two readers
  for (const GraphStep &step : graph.steps)
    for (size_t i = 0; i < step.op.constants.size(); ++i) {
      const Constant &constant = step.op.constants[i];
      const std::string name = step.module.empty() ? constant.name : step.module + (i == 0 ? ".weight" : ".bias");
      if (seen.insert(constant.values.data).second)
        weights.push_back({name, constant.values});
    }
  return weights;
}

TensorProfile profileOfWeight(const NamedWeight &weight) {
  Gathered gathered;
  const ConstMatrixView &values = weight.values;
  if (values.rows > 1)
    gathered.squares.resize(static_cast<size_t>(values.cols));
  for (int64_t r = 0; r < values.rows; ++r) {
    gathered.moments.add({values.row(r), static_cast<size_t>(values.cols)});
    for (size_t c = 0; c < gathered.squares.size(); ++c)
      gathered.squares[c] += std::pow(static_cast<double>(values.row(r)[c]), 2);
  }
  gathered.rows = values.rows;
  int64_t outliers = 0;
  for (int64_t r = 0; r < values.rows; ++r)
    outliers += countOutliers({values.row(r), static_cast<size_t>(values.cols)}, gathered.moments);
  return profileOf(weight.name, true, gathered, outliers);
}

} // namespace

void Moments::add(std::span<const float> values) {
  Moments one;
  if (values.empty())
    return;
  one.count = std::ssize(values);
  one.least = one.greatest = values[0];
  for (const double value : values) {
    one.least = std::min(one.least, value), one.greatest = std::max(one.greatest, value);
    one.mean += value;
  }
  one.mean /= static_cast<double>(one.count);
  for (const double value : values) {
    const double d = value - one.mean, square = d * d;
    one.m2 += square, one.m3 += square * d, one.m4 += square * square;
  }
  add(one);
}

void Moments::add(const Moments &other) {
  if (other.count == 0)
    return;
  if (count == 0) {
    *this = other;
    return;
  }
  const auto a = static_cast<double>(count), b = static_cast<double>(other.count);
  const double n = a + b, d = other.mean - mean, step = d / n;
  m4 += other.m4 + d * step * step * step * a * b * (a * a - a * b + b * b) +
        6 * step * step * (a * a * other.m2 + b * b * m2) + 4 * step * (a * other.m3 - b * m3);
  m3 += other.m3 + d * step * step * a * b * (a - b) + 3 * step * (a * other.m2 - b * m2);
  m2 += other.m2 + d * step * a * b;
  mean += step * b;
  count += other.count;
  least = std::min(least, other.least), greatest = std::max(greatest, other.greatest);
}

std::vector<TensorProfile> profileTensors(Plan &plan, std::span<const std::span<const int32_t>> texts,
                                          const std::function<void(int64_t done)> &progress) {
  const Graph &graph = plan.graph();
  const FormatAssignment floats = plan.uniform(fp32());
  plan.prepare(floats);
  std::atomic<int64_t> done = 0;
  const auto onText = [&] {
    if (progress)
      progress(++done);
  };
  const bool causal = !needsWholeSequence(graph);
  std::vector<Gathered> gathered(graph.steps.size());
  observe<Gatherer>(
      plan, floats, texts, onText, [&] { return std::make_unique<Gatherer>(graph, causal); },
      [&](const Gatherer &one) {
        for (size_t s = 0; s < gathered.size(); ++s)
          gathered[s].add(one.found[s]);
      });
  std::vector<int64_t> outliers(graph.steps.size());
  observe<OutlierCounter>(
      plan, floats, texts, onText, [&] { return std::make_unique<OutlierCounter>(graph, causal, gathered); },
      [&](const OutlierCounter &one) {
        for (size_t s = 0; s < outliers.size(); ++s)
          outliers[s] += one.found[s];
      });

  const std::vector<NamedWeight> weights = weightsOf(graph);
  std::vector<TensorProfile> profiles(weights.size());
  parallelFor(std::ssize(weights),
              [&](int64_t i) { profiles[static_cast<size_t>(i)] = profileOfWeight(weights[static_cast<size_t>(i)]); });
  const std::vector<std::string> names = edgeNames(graph);
  for (size_t s = 0; s < graph.steps.size(); ++s)
    if (!names[s].empty())
      profiles.push_back(profileOf(names[s], false, gathered[s], outliers[s]));
  return profiles;
}

} // namespace mase
