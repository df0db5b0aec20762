// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/score.h"

#include "mase/runtime/log_sum.h"
#include "mase/runtime/sequence_pool.h"
#include "mase/support/parallel.h"

#include <algorithm>
#include <atomic>
#include <numeric>

namespace mase {
namespace {

/// Takes rows of logits as they come, for one text.
class Scoring {
public:
  explicit Scoring(const ScoreRequest &request) : request_(request) {}

  /// Logits of the tokens from `position` on.
  void add(ConstMatrixView logits, int64_t position) {
    // A row speaks of the token behind its own.
    const int64_t begin = std::max(request_.first - 1, position);
    const int64_t end = std::min(std::ssize(request_.ids) - 1, position + logits.rows);
    for (int64_t p = begin; p < end; ++p) {
      const float *row = logits.row(p - position);
      const LogSum sum = logSumOf(row, logits.cols);
      const int32_t target = request_.ids[static_cast<size_t>(p + 1)];
      found.logLikelihood += row[target] - sum.logSum;
      found.greedy = found.greedy && isPrediction(row, target, sum.largest);
    }
  }

  Score found;

private:
  const ScoreRequest &request_;
};

/// How many ids at the front all texts have in common, their last ones aside.
int64_t sharedIds(const ScoreGroup &group) {
  auto shared = std::ssize(group.front().ids) - 1;
  for (const ScoreRequest &request : group) {
    const auto end = request.ids.begin() + std::min(shared, std::ssize(request.ids) - 1);
    shared = std::mismatch(request.ids.begin(), end, group.front().ids.begin()).first - request.ids.begin();
  }
  return shared;
}

/// `run(sequence, ids, onLogits)` appends ids and hands over their logits, with the position of the first row.
template <typename S, typename Run>
std::vector<Score> scoreGroup(const ScoreGroup &group, bool share, S &sequence, const Run &run) {
  std::vector<Scoring> scorings(group.begin(), group.end());
  const int64_t shared = share && group.size() > 1 ? sharedIds(group) : 0;
  if (shared > 0)
    run(sequence, std::span(group.front().ids).first(static_cast<size_t>(shared)),
        [&](ConstMatrixView logits, int64_t position) {
          for (Scoring &scoring : scorings)
            scoring.add(logits, position);
        });
  for (size_t i = 0; i < group.size(); ++i) {
    if (shared == 0)
      sequence.restart();
    else if constexpr (requires { sequence.rewind(shared); })
      sequence.rewind(shared);
    const std::span<const int32_t> inputs = std::span(group[i].ids).first(group[i].ids.size() - 1);
    if (std::ssize(inputs) > shared)
      run(sequence, inputs.subspan(static_cast<size_t>(shared)),
          [&](ConstMatrixView logits, int64_t position) { scorings[i].add(logits, position); });
  }
  std::vector<Score> scores;
  for (const Scoring &scoring : scorings)
    scores.push_back(scoring.found);
  return scores;
}

template <typename S, typename P, typename Run>
std::vector<std::vector<Score>> scoreAll(const P &plan, std::span<const ScoreGroup> groups, bool share,
                                         const ScoreOptions &options, const Run &run) {
  // The longest first: then no thread begins a long one when the others are done.
  std::vector<int64_t> tokens, order(groups.size());
  for (const ScoreGroup &group : groups)
    tokens.push_back(std::accumulate(group.begin(), group.end(), int64_t{0},
                                     [](int64_t sum, const ScoreRequest &r) { return sum + std::ssize(r.ids); }));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    return tokens[static_cast<size_t>(a)] > tokens[static_cast<size_t>(b)];
  });
  SequencePool<P, S> pool(plan);
  std::vector<std::vector<Score>> scores(groups.size());
  std::atomic<int64_t> done = 0;
  parallelFor(std::ssize(groups), [&](int64_t i) {
    const auto at = static_cast<size_t>(order[static_cast<size_t>(i)]);
    std::unique_ptr<S> sequence = pool.take();
    scores[at] = scoreGroup(groups[at], share, *sequence, run);
    pool.giveBack(std::move(sequence));
    if (options.progress)
      options.progress(++done);
  });
  return scores;
}

bool sharesScalesBetweenTokens(const Plan &plan, const FormatAssignment &assignment) {
  for (size_t i = 0; i < plan.slots().size(); ++i)
    if (plan.slots()[i].role == Role::input && assignment[i]->scaleReach() == ScaleReach::tensor)
      return true;
  return false;
}

} // namespace

std::vector<std::vector<Score>> score(Plan &plan, const FormatAssignment &assignment,
                                      std::span<const ScoreGroup> groups, const ScoreOptions &options) {
  plan.prepare(assignment);
  const bool share = options.share && !sharesScalesBetweenTokens(plan, assignment);
  return scoreAll<Sequence>(plan, groups, share, options,
                            [&](Sequence &sequence, std::span<const int32_t> ids, const auto &onLogits) {
                              const int64_t position = sequence.position();
                              onLogits(plan.run(sequence, ids, assignment, options.run), position);
                            });
}

std::vector<std::vector<Score>> score(const BitTruePlan &plan, std::span<const ScoreGroup> groups,
                                      const ScoreOptions &options) {
  const auto portion = static_cast<size_t>(plan.portion());
  return scoreAll<BitTrueSequence>(
      plan, groups, false, options, [&](BitTrueSequence &sequence, std::span<const int32_t> ids, const auto &onLogits) {
        for (size_t first = 0; first < ids.size(); first += portion) {
          const int64_t position = sequence.position();
          const WideRows wide = plan.run(sequence, ids.subspan(first, std::min(portion, ids.size() - first)));
          const std::vector<float> logits = toFloats(wide);
          onLogits({logits.data(), wide.rows, wide.cols}, position);
        }
      });
}

} // namespace mase
