// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/passes/gptq/gptq_pass.h"

#include "mase/passes/gptq/gptq.h"
#include "mase/support/parallel.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace mase {
namespace {

using Buffer = std::vector<float>;

// Moments of a linear's inputs and of what it is to make up for, over all windows.
struct Moments {
  Moments(int64_t in, int64_t out, bool drifts, bool gaps)
      : h(static_cast<size_t>(in * in)), drift(drifts ? h.size() : 0), gap(gaps ? static_cast<size_t>(out * in) : 0),
        mean(static_cast<size_t>(in)), meanDrift(drifts ? mean.size() : 0),
        meanGap(gaps ? static_cast<size_t>(out) : 0) {}
  Buffer h;     // in x in: quantised inputs with themselves
  Buffer drift; // in x in: (float inputs - quantised ones) with quantised ones
  Buffer gap;   // out x in: (the float stream - the quantised one) with quantised inputs
  std::vector<double> mean, meanDrift, meanGap;
  double rows = 0;
};

void addMeans(std::vector<double> &sums, ConstMatrixView x) {
  for (int64_t r = 0; r < x.rows; ++r)
    for (int64_t c = 0; c < x.cols; ++c)
      sums[static_cast<size_t>(c)] += x.row(r)[c];
}

Buffer difference(ConstMatrixView a, ConstMatrixView b) {
  Buffer result(static_cast<size_t>(a.rows * a.cols));
  for (int64_t r = 0; r < a.rows; ++r)
    for (int64_t c = 0; c < a.cols; ++c)
      result[static_cast<size_t>(r * a.cols + c)] = a.row(r)[c] - b.row(r)[c];
  return result;
}

// The value that the linear's output is added to; -1: none.
int streamOf(const Weights &weights, size_t step) {
  const int output = weights.step(step).output;
  const std::vector<size_t> &readers = weights.readers(output);
  if (readers.size() != 1 || !weights.is(readers[0], "add"))
    return -1;
  const std::vector<int> &inputs = weights.step(readers[0]).inputs;
  return inputs[0] == output ? inputs[1] : inputs[0];
}

Moments measure(const Layerwise &run, const Layerwise *floats, const Weights &weights, size_t step, int stream) {
  const GraphStep &linear = weights.step(step);
  const MatrixView w = weights.constant(step, 0);
  const int64_t in = w.cols, out = w.rows;
  Moments m(in, out, floats != nullptr, stream >= 0);
  for (size_t i = 0; i < run.windows(); ++i) {
    const Buffer memory = run.quantized(i, linear.inputs[0], run.firstSlot(step));
    const ConstMatrixView x(memory.data(), std::ssize(memory) / in, in);
    m.rows += static_cast<double>(x.rows);
    addProduct({m.h.data(), in, in}, x, x);
    addMeans(m.mean, x);
    if (!floats)
      continue;
    const Buffer drift = difference(floats->value(i, linear.inputs[0]), x);
    addProduct({m.drift.data(), in, in}, {drift.data(), x.rows, in}, x);
    addMeans(m.meanDrift, {drift.data(), x.rows, in});
    if (stream < 0)
      continue;
    const Buffer gap = difference(floats->value(i, stream), run.value(i, stream));
    addProduct({m.gap.data(), out, in}, {gap.data(), x.rows, out}, x);
    addMeans(m.meanGap, {gap.data(), x.rows, out});
  }
  return m;
}

// Where there is a bias it takes the means, so moments are those about them.
void centre(Moments &m) {
  const auto in = std::ssize(m.mean);
  const auto subtract = [&](Buffer &moment, const std::vector<double> &left) {
    for (size_t r = 0; r < left.size() && !moment.empty(); ++r)
      for (int64_t c = 0; c < in; ++c)
        moment[r * static_cast<size_t>(in) + static_cast<size_t>(c)] -=
            static_cast<float>(left[r] * m.mean[static_cast<size_t>(c)] / m.rows);
  };
  subtract(m.h, m.mean);
  subtract(m.drift, m.meanDrift);
  subtract(m.gap, m.meanGap);
}

// C = A B for small matrices, rows in parallel.
Buffer product(ConstMatrixView a, ConstMatrixView b) {
  Buffer result(static_cast<size_t>(a.rows * b.cols));
  PackedMatrix packed;
  packTransposedInto(b, packed);
  parallelFor((a.rows + 47) / 48, [&](int64_t tile) {
    const int64_t first = tile * 48, rows = std::min<int64_t>(48, a.rows - first);
    multiply({a.row(first), rows, a.cols, a.stride}, packed, {result.data() + first * b.cols, rows, b.cols});
  });
  return result;
}

// The weights that come closest to the target before anything is rounded: W + (W D + G) H^-1.
void moveToTarget(MatrixView w, const Moments &m, double fidelity) {
  const int64_t in = w.cols;
  const ErrorFactor factor({m.h.data(), in, in}, fidelity);
  Buffer asked = product(w, {m.drift.data(), in, in});
  for (size_t i = 0; i < m.gap.size(); ++i)
    asked[i] += m.gap[i];
  // H^-1 = U^T U.
  Buffer turned(static_cast<size_t>(in * in));
  for (int64_t r = 0; r < in; ++r)
    for (int64_t c = 0; c < in; ++c)
      turned[static_cast<size_t>(c * in + r)] = factor.row(r)[c];
  const Buffer half = product({asked.data(), w.rows, in}, {turned.data(), in, in});
  const Buffer moves = product({half.data(), w.rows, in}, {factor.row(0), in, in});
  for (int64_t r = 0; r < w.rows; ++r)
    for (int64_t c = 0; c < in; ++c)
      w.row(r)[c] += moves[static_cast<size_t>(r * in + c)];
}

// The bias under which the mean output is the target's.
void moveBias(float *bias, ConstMatrixView before, ConstMatrixView after, const Moments &m) {
  for (int64_t r = 0; r < before.rows; ++r) {
    double move = m.meanGap.empty() ? 0 : m.meanGap[static_cast<size_t>(r)];
    for (int64_t c = 0; c < before.cols; ++c) {
      const auto at = static_cast<size_t>(c);
      const double wanted = m.mean[at] + (m.meanDrift.empty() ? 0 : m.meanDrift[at]);
      move += before.row(r)[c] * wanted - after.row(r)[c] * m.mean[at];
    }
    bias[r] += static_cast<float>(move / m.rows);
  }
}

} // namespace

void runGptq(Weights &weights, Layerwise::Windows windows, const FormatAssignment &assignment,
             const GptqOptions &options) {
  // Weights change below. NOLINTNEXTLINE(performance-unnecessary-copy-initialization)
  const Weights before = weights;
  Layerwise run(weights, windows, assignment);
  std::optional<Layerwise> floats;
  if (options.target != GptqTarget::own)
    floats.emplace(before, windows, FormatAssignment(assignment.size(), &fp32()));
  // Linears of one input have the same moments: q, k and v of a layer.
  std::optional<Moments> moments;
  std::tuple<int, const Format *, bool> of;
  for (const size_t step : weights.linears()) {
    run.runTo(step);
    if (floats)
      floats->runTo(step);
    const Format &format = *assignment[static_cast<size_t>(run.firstSlot(step))];
    if (&format == &fp32())
      continue;
    const MatrixView w = weights.constant(step, 0);
    const ConstMatrixView original = before.constant(step, 0);
    const int stream = options.target == GptqTarget::stream ? streamOf(weights, step) : -1;
    const bool biased = weights.has(step, 1);
    const std::tuple wanted(weights.step(step).inputs[0], assignment[static_cast<size_t>(run.firstSlot(step) + 1)],
                            biased);
    if (!moments || stream >= 0 || !moments->gap.empty() || of != wanted) {
      moments = measure(run, floats ? &*floats : nullptr, weights, step, stream);
      of = wanted;
      if (biased)
        centre(*moments);
    }
    const Moments &m = *moments;
    if (floats)
      moveToTarget(w, m, options.fidelity);
    const ErrorFactor factor({m.h.data(), w.cols, w.cols}, options.damping);
    quantizeWeights(w, format, options.scales, &factor);
    if (biased)
      moveBias(weights.constant(step, 1).data, original, w, m);
  }
}

void runScaleSearch(Weights &weights, Layerwise::Windows windows, const FormatAssignment &assignment) {
  std::optional<Layerwise> run;
  if (!windows.empty())
    run.emplace(weights, windows, assignment);
  int64_t slot = 0;
  for (const size_t step : weights.linears()) {
    const Format &format = *assignment[static_cast<size_t>(slot)];
    const MatrixView w = weights.constant(step, 0);
    Buffer squares;
    if (run) {
      run->runTo(step);
      squares.resize(static_cast<size_t>(w.cols));
      for (size_t i = 0; i < run->windows(); ++i) {
        const Buffer x = run->quantized(i, weights.step(step).inputs[0], slot);
        for (size_t k = 0; k < x.size(); ++k)
          squares[k % squares.size()] += x[k] * x[k];
      }
    }
    if (&format != &fp32())
      quantizeWeights(w, format, ScaleChoice::search, nullptr, run ? squares.data() : nullptr);
    slot += 2;
  }
}

} // namespace mase
