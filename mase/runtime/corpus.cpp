// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/corpus.h"

#include "mase/runtime/sequence_pool.h"
#include "mase/support/parallel.h"
#include "mase/support/random.h"

#include <algorithm>

namespace mase {
namespace {

constexpr int64_t together = 32; // texts that are drawn before they are counted

class Writer final : public Generator {
public:
  Writer(const Plan &plan, const FormatAssignment &assignment, const SamplingOptions &sampling, Sequence &sequence)
      : plan_(plan), assignment_(assignment), sampler_(sampling), sequence_(sequence) {}
  int32_t next(std::span<const int32_t> chunk) override {
    const ConstMatrixView logits = plan_.run(sequence_, chunk, assignment_);
    return sampler_.draw({logits.row(logits.rows - 1), static_cast<size_t>(logits.cols)}, sequence_.position());
  }
  int64_t room() const override { return plan_.maxRows() - sequence_.position(); }

private:
  const Plan &plan_;
  const FormatAssignment &assignment_;
  TokenSampler sampler_;
  Sequence &sequence_;
};

} // namespace

std::vector<std::vector<int32_t>> sampleCorpus(Plan &plan, const FormatAssignment &assignment,
                                               const std::vector<int32_t> &prompt, const SamplingOptions &sampling,
                                               const GenerateOptions &options, int64_t tokens,
                                               const std::function<void(int64_t)> &progress) {
  plan.prepare(assignment);
  SequencePool<Plan, Sequence> pool(plan);
  std::vector<std::vector<int32_t>> texts;
  for (int64_t count = 0; count < tokens;) {
    const size_t first = texts.size();
    std::vector<std::vector<int32_t>> some(static_cast<size_t>(together), prompt);
    parallelFor(together, [&](int64_t i) {
      SamplingOptions own = sampling;
      own.seed = mix(mix(sampling.seed) ^ (first + static_cast<uint64_t>(i)));
      std::unique_ptr<Sequence> sequence = pool.take();
      Writer writer(plan, assignment, own, *sequence);
      generate(writer, some[static_cast<size_t>(i)], options);
      pool.giveBack(std::move(sequence));
    });
    for (std::vector<int32_t> &text : some)
      if (count < tokens) {
        count += std::ssize(text) - std::ssize(prompt);
        texts.push_back(std::move(text));
      }
    if (progress)
      progress(count);
  }
  return texts;
}

} // namespace mase
