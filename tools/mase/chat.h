// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase generate --chat`: turns from the standard input, answers on the standard output as they come.
///
/// All turns stay in the conversation. An answer ends at the model's end-of-text tokens, at the token that its template
/// puts behind a turn, at a stop text or at the most tokens.
#pragma once

#include "mase/frontend/model.h"
#include "mase/runtime/token_sampler.h"

#include <optional>

namespace mase::cli {

struct ChatOptions {
  std::string system;
  std::vector<std::string> stops;
  int64_t tokens = 64; ///< most of an answer
  bool ignoreEos = false;
  std::optional<TokenSampler> sampler;
  std::string model; ///< what errors start with
};

/// Errors  InputError: no chat template, one that cannot be run, a conversation that is longer than the context.
void chat(Model &model, const FormatAssignment &assignment, const ChatOptions &options);

} // namespace mase::cli
