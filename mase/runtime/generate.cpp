// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/generate.h"

#include "mase/support/error.h"

#include <algorithm>

namespace mase {
namespace {

class PlanGenerator final : public Generator {
public:
  PlanGenerator(Plan &plan, const FormatAssignment &assignment, const std::optional<TokenSampler> &sampler)
      : plan_(plan), assignment_(assignment), sampler_(sampler), sequence_(plan) {
    plan.prepare(assignment);
  }
  int32_t next(std::span<const int32_t> chunk) override {
    const ConstMatrixView logits = plan_.run(sequence_, chunk, assignment_, {.lastToken = true});
    const std::span<const float> last(logits.row(logits.rows - 1), static_cast<size_t>(logits.cols));
    return sampler_ ? sampler_->draw(last, sequence_.position()) : mostLikely(last);
  }
  int64_t room() const override { return plan_.maxRows() - sequence_.position(); }

private:
  Plan &plan_;
  FormatAssignment assignment_;
  std::optional<TokenSampler> sampler_;
  Sequence sequence_;
};

class BitTrueGenerator final : public Generator {
public:
  BitTrueGenerator(const BitTruePlan &plan, const std::optional<TokenSampler> &sampler)
      : plan_(plan), sampler_(sampler), sequence_(plan) {}
  int32_t next(std::span<const int32_t> chunk) override {
    const WideRows logits = plan_.run(sequence_, chunk);
    const auto cols = static_cast<size_t>(logits.cols), before = logits.sum.size() - cols;
    if (!sampler_)
      return mostLikely(std::span<const int64_t>(logits.sum).subspan(before)); // one exponent a row
    const std::vector<float> values = toFloats(logits);
    return sampler_->draw(std::span(values).subspan(before), sequence_.position());
  }
  int64_t room() const override { return plan_.graph().maxRows - sequence_.position(); }

private:
  const BitTruePlan &plan_;
  std::optional<TokenSampler> sampler_;
  BitTrueSequence sequence_;
};

} // namespace

std::unique_ptr<Generator> generator(Plan &plan, const FormatAssignment &assignment,
                                     const std::optional<TokenSampler> &sampler) {
  return std::make_unique<PlanGenerator>(plan, assignment, sampler);
}

std::unique_ptr<Generator> generator(const BitTruePlan &plan, const std::optional<TokenSampler> &sampler) {
  return std::make_unique<BitTrueGenerator>(plan, sampler);
}

void generate(Generator &generator, std::vector<int32_t> &ids, const GenerateOptions &options, const OnToken &onToken) {
  if (ids.empty())
    fail("the prompt is empty (at least one token is needed)");
  std::vector<int32_t> chunk = ids;
  for (int64_t added = 0; added < options.tokens; ++added) {
    const int32_t next = generator.next(chunk);
    ids.push_back(next);
    if (onToken && !onToken(ids))
      return;
    if (std::find(options.stopIds.begin(), options.stopIds.end(), next) != options.stopIds.end() ||
        generator.room() == 0)
      return;
    chunk = {next};
  }
}

} // namespace mase
