// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/evaluate.h"

#include "mase/support/parallel.h"

#include <algorithm>
#include <cmath>
#include <mutex>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/runtime/evaluate.cpp"
// foreach_target.h comes first, whatever the alphabet says.
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

float largest(const float *x, int64_t count) {
  const hn::CappedTag<float, 16> f;
  const auto lanes = static_cast<int64_t>(hn::Lanes(f));
  auto most = hn::Set(f, x[0]);
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes)
    most = hn::Max(most, hn::LoadU(f, x + i));
  for (; i < count; ++i)
    most = hn::Max(most, hn::Set(f, x[i]));
  return hn::GetLane(hn::MaxOfLanes(f, most));
}

// The sum of exp(x - maximum) over a row.
float exponentialSum(const float *x, float maximum, int64_t count) {
  const hn::CappedTag<float, 16> f;
  const auto lanes = static_cast<int64_t>(hn::Lanes(f));
  const auto top = hn::Set(f, maximum);
  auto sums = hn::Zero(f);
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes)
    sums = hn::Add(sums, hn::Exp(f, hn::Sub(hn::LoadU(f, x + i), top)));
  float sum = hn::GetLane(hn::SumOfLanes(f, sums));
  for (; i < count; ++i)
    sum += hn::GetLane(hn::Exp(f, hn::Sub(hn::Set(f, x[i]), top)));
  return sum;
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {
HWY_EXPORT(largest);
HWY_EXPORT(exponentialSum);
namespace {

/// Sequences that windows borrow, so that their memory is allocated once a thread.
class SequencePool {
public:
  explicit SequencePool(const Plan &plan) : plan_(plan) {}
  std::unique_ptr<Sequence> take() {
    std::lock_guard lock(mutex_);
    if (free_.empty())
      return std::make_unique<Sequence>(plan_);
    std::unique_ptr<Sequence> sequence = std::move(free_.back());
    free_.pop_back();
    sequence->restart();
    return sequence;
  }
  void giveBack(std::unique_ptr<Sequence> sequence) {
    std::lock_guard lock(mutex_);
    free_.push_back(std::move(sequence));
  }

private:
  const Plan &plan_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Sequence>> free_;
};

} // namespace

LossResult evaluate(Plan &plan, const FormatAssignment &assignment, std::span<const WindowView> windows,
                    const Reference *reference) {
  plan.prepare(assignment);
  const auto maximum = HWY_DYNAMIC_DISPATCH(largest);
  const auto expSum = HWY_DYNAMIC_DISPATCH(exponentialSum);
  SequencePool pool(plan);
  std::vector<double> sums(windows.size()), divergences(windows.size());
  std::vector<int64_t> hits(windows.size());
  parallelFor(static_cast<int64_t>(windows.size()), [&](int64_t w) {
    const WindowView &window = windows[static_cast<size_t>(w)];
    std::unique_ptr<Sequence> sequence = pool.take();
    const ConstMatrixView logits = plan.run(*sequence, window.inputs, assignment);
    for (int64_t t = 0; t < logits.rows; ++t) {
      const float *row = logits.row(t);
      const float best = maximum(row, logits.cols);
      const int32_t target = window.targets[static_cast<size_t>(t)];
      const double logSum = std::log(static_cast<double>(expSum(row, best, logits.cols))) + best;
      sums[static_cast<size_t>(w)] += logSum - row[target];
      if (reference)
        divergences[static_cast<size_t>(w)] += reference->divergence(static_cast<size_t>(w), t, row, logSum);
      // The first of several likeliest tokens is the prediction.
      hits[static_cast<size_t>(w)] += row[target] == best && std::find(row, row + target, best) == row + target;
    }
    pool.giveBack(std::move(sequence));
  });

  LossResult result;
  double sum = 0;
  int64_t hit = 0;
  for (size_t w = 0; w < windows.size(); ++w) {
    const auto tokens = static_cast<int64_t>(windows[w].inputs.size());
    result.windowLosses.push_back(sums[w] / static_cast<double>(tokens));
    if (reference)
      result.windowDivergences.push_back(divergences[w] / static_cast<double>(tokens));
    result.tokens += tokens;
    sum += sums[w];
    hit += hits[w];
  }
  result.loss = sum / static_cast<double>(result.tokens);
  result.accuracy = static_cast<double>(hit) / static_cast<double>(result.tokens);
  return result;
}

} // namespace mase
#endif
