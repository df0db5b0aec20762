// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/generate.h"

#include "mase/support/error.h"

#include <algorithm>

namespace mase {
namespace {

template <typename T>
int32_t firstLargest(const T *logits, int64_t count) {
  return static_cast<int32_t>(std::max_element(logits, logits + count) - logits);
}

class PlanGenerator final : public Generator {
public:
  PlanGenerator(Plan &plan, const FormatAssignment &assignment)
      : plan_(plan), assignment_(assignment), sequence_(plan) {
    plan.prepare(assignment);
  }
  int32_t next(std::span<const int32_t> chunk) override {
    const ConstMatrixView logits = plan_.run(sequence_, chunk, assignment_);
    return firstLargest(logits.row(logits.rows - 1), logits.cols);
  }
  int64_t room() const override { return plan_.maxRows() - sequence_.position(); }

private:
  Plan &plan_;
  FormatAssignment assignment_;
  Sequence sequence_;
};

class BitTrueGenerator final : public Generator {
public:
  explicit BitTrueGenerator(const BitTruePlan &plan) : plan_(plan), sequence_(plan) {}
  int32_t next(std::span<const int32_t> chunk) override {
    const WideRows logits = plan_.run(sequence_, chunk);
    return firstLargest(logits.sum.data() + (logits.rows - 1) * logits.cols, logits.cols); // one exponent a row
  }
  int64_t room() const override { return plan_.graph().maxRows - sequence_.position(); }

private:
  const BitTruePlan &plan_;
  BitTrueSequence sequence_;
};

} // namespace

std::unique_ptr<Generator> generator(Plan &plan, const FormatAssignment &assignment) {
  return std::make_unique<PlanGenerator>(plan, assignment);
}

std::unique_ptr<Generator> generator(const BitTruePlan &plan) { return std::make_unique<BitTrueGenerator>(plan); }

void generate(Generator &generator, std::vector<int32_t> &ids, const GenerateOptions &options,
              const std::function<void(const std::vector<int32_t> &)> &onToken) {
  if (ids.empty())
    fail("the prompt is empty (at least one token is needed)");
  std::vector<int32_t> chunk = ids;
  for (int64_t added = 0; added < options.tokens; ++added) {
    const int32_t next = generator.next(chunk);
    ids.push_back(next);
    if (onToken)
      onToken(ids);
    if (std::find(options.stopIds.begin(), options.stopIds.end(), next) != options.stopIds.end() ||
        generator.room() == 0)
      return;
    chunk = {next};
  }
}

} // namespace mase
