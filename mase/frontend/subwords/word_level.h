// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Words that are tokens as they stand, or one token for all that are unknown.
///
/// Immutable; an encoder belongs to one thread, as every kind's.
#pragma once

#include "mase/frontend/subwords/subwords.h"
#include "mase/frontend/subwords/vocabulary.h"

namespace mase {

class WordLevel final : public Subwords {
public:
  /// Errors  InputError: ids out of range or given twice, an unknown token that is none.
  explicit WordLevel(const JsonObject &model);

  Encoder encoder() const override;
  const Vocabulary &vocabulary() const override { return vocabulary_; }

private:
  Vocabulary vocabulary_;
  int32_t unknown_;
};

} // namespace mase
