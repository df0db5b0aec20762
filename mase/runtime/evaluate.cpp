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
template <typename P, typename S>
class SequencePool {
public:
  explicit SequencePool(const P &plan) : plan_(plan) {}
  std::unique_ptr<S> take() {
    std::lock_guard lock(mutex_);
    if (free_.empty())
      return std::make_unique<S>(plan_);
    std::unique_ptr<S> sequence = std::move(free_.back());
    free_.pop_back();
    sequence->restart();
    return sequence;
  }
  void giveBack(std::unique_ptr<S> sequence) {
    std::lock_guard lock(mutex_);
    free_.push_back(std::move(sequence));
  }

private:
  const P &plan_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<S>> free_;
};

/// What is known of one window.
struct WindowLoss {
  double sum = 0, divergence = 0;
  int64_t hits = 0;
};

/// Adds what the logits of tokens `first` and on of a window say. `reference` may be null.
void addLoss(WindowLoss &result, ConstMatrixView logits, int64_t first, const WindowView &window, size_t number,
             const Reference *reference) {
  const auto maximum = HWY_DYNAMIC_DISPATCH(largest);
  const auto expSum = HWY_DYNAMIC_DISPATCH(exponentialSum);
  for (int64_t t = 0; t < logits.rows; ++t) {
    const float *row = logits.row(t);
    const float best = maximum(row, logits.cols);
    const int32_t target = window.targets[static_cast<size_t>(first + t)];
    const double logSum = std::log(static_cast<double>(expSum(row, best, logits.cols))) + best;
    result.sum += logSum - row[target];
    if (reference)
      result.divergence += reference->divergence(number, first + t, row, logSum);
    // The first of several likeliest tokens is the prediction.
    result.hits += row[target] == best && std::find(row, row + target, best) == row + target;
  }
}

LossResult total(const std::vector<WindowLoss> &losses, std::span<const WindowView> windows, bool divergence) {
  LossResult result;
  double sum = 0;
  int64_t hit = 0, targets = 0;
  for (size_t w = 0; w < windows.size(); ++w) {
    const auto count = static_cast<double>(windows[w].targets.size());
    result.windowLosses.push_back(losses[w].sum / count);
    if (divergence)
      result.windowDivergences.push_back(losses[w].divergence / count);
    result.tokens += std::ssize(windows[w].inputs);
    targets += std::ssize(windows[w].targets);
    sum += losses[w].sum;
    hit += losses[w].hits;
  }
  result.loss = sum / static_cast<double>(targets);
  result.accuracy = static_cast<double>(hit) / static_cast<double>(targets);
  return result;
}

} // namespace

LossResult evaluate(Plan &plan, const FormatAssignment &assignment, std::span<const WindowView> windows,
                    const Reference *reference, const RunOptions &options) {
  plan.prepare(assignment);
  SequencePool<Plan, Sequence> pool(plan);
  std::vector<WindowLoss> losses(windows.size());
  parallelFor(static_cast<int64_t>(windows.size()), [&](int64_t w) {
    const auto at = static_cast<size_t>(w);
    std::unique_ptr<Sequence> sequence = pool.take();
    addLoss(losses[at], plan.run(*sequence, windows[at].inputs, assignment, options), 0, windows[at], at, reference);
    pool.giveBack(std::move(sequence));
  });
  return total(losses, windows, reference != nullptr);
}

LossResult evaluate(const BitTruePlan &plan, std::span<const WindowView> windows) {
  SequencePool<BitTruePlan, BitTrueSequence> pool(plan);
  std::vector<WindowLoss> losses(windows.size());
  parallelFor(static_cast<int64_t>(windows.size()), [&](int64_t w) {
    const auto at = static_cast<size_t>(w);
    std::unique_ptr<BitTrueSequence> sequence = pool.take();
    const std::span<const int32_t> inputs = windows[at].inputs;
    const auto portion = static_cast<size_t>(plan.portion());
    for (size_t first = 0; first < inputs.size(); first += portion) {
      const WideRows wide = plan.run(*sequence, inputs.subspan(first, std::min(portion, inputs.size() - first)));
      const std::vector<float> logits = toFloats(wide);
      addLoss(losses[at], {logits.data(), wide.rows, wide.cols}, static_cast<int64_t>(first), windows[at], at, nullptr);
    }
    pool.giveBack(std::move(sequence));
  });
  return total(losses, windows, false);
}

} // namespace mase
#endif
