// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Generation: the next token again and again, the most likely one or one that is drawn (token_sampler.h).
///
/// Of equally likely ones the smaller id. The prompt runs at once, then one token at a time through the KV cache; row
/// independence of the kernels makes both the same numbers.
#pragma once

#include "mase/runtime/bit_true_plan.h"
#include "mase/runtime/plan.h"
#include "mase/runtime/token_sampler.h"

#include <functional>
#include <optional>

namespace mase {

struct GenerateOptions {
  int64_t tokens = 64;          // most to add
  std::vector<int32_t> stopIds; // any of these ends the text; it is kept in `ids`
};

/// A model in the middle of a text: takes the next tokens, gives the one after them.
class Generator {
public:
  virtual ~Generator() = default;
  virtual int32_t next(std::span<const int32_t> chunk) = 0;
  /// Tokens that it can still take.
  virtual int64_t room() const = 0;
};

/// At the levels of a plan: float or emulated. `plan` must outlive it. Without a sampler the most likely token.
std::unique_ptr<Generator> generator(Plan &plan, const FormatAssignment &assignment,
                                     const std::optional<TokenSampler> &sampler = {});
/// At level 3 (docs/operators.md, O18). Without a sampler the token with the greatest sum, an integer.
std::unique_ptr<Generator> generator(const BitTruePlan &plan, const std::optional<TokenSampler> &sampler = {});

/// Sees all ids after each new one; whether the text goes on.
using OnToken = std::function<bool(const std::vector<int32_t> &ids)>;

/// Appends to `ids`. Ends at a stop id, at `tokens`, where `onToken` says so, or when the context is full.
/// Errors  as the plan's run and TokenSampler::draw; an empty prompt is an InputError.
void generate(Generator &generator, std::vector<int32_t> &ids, const GenerateOptions &options,
              const OnToken &onToken = {});

} // namespace mase
