// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Greedy generation: the most likely next token, again and again.
///
/// Ties go to the smaller id. The prompt runs at once, then one token at a time through the KV cache; row independence
/// of the kernels makes both the same numbers.
#pragma once

#include "mase/runtime/bit_true_plan.h"
#include "mase/runtime/plan.h"

#include <functional>

namespace mase {

struct GenerateOptions {
  int64_t tokens = 64;          // most to add
  std::vector<int32_t> stopIds; // any of these ends the text; it is kept in `ids`
};

/// A model in the middle of a text: takes the next tokens, gives the most likely one after them.
class Generator {
public:
  virtual ~Generator() = default;
  virtual int32_t next(std::span<const int32_t> chunk) = 0;
  /// Tokens that it can still take.
  virtual int64_t room() const = 0;
};

/// At the levels of a plan: float or emulated. `plan` must outlive it.
std::unique_ptr<Generator> generator(Plan &plan, const FormatAssignment &assignment);
/// At level 3 (docs/operators.md, O18).
std::unique_ptr<Generator> generator(const BitTruePlan &plan);

/// Appends to `ids`; calls `onToken` with all ids after each. Ends at a stop id, at `tokens`, or when the context is
/// full. Errors  as the plan's run; an empty prompt is an InputError.
void generate(Generator &generator, std::vector<int32_t> &ids, const GenerateOptions &options,
              const std::function<void(const std::vector<int32_t> &)> &onToken = {});

} // namespace mase
