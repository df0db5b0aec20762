// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// How a tokenizer makes ids of a word: tokenizer.json's `model`.
///
/// A word is what the pre-tokenizer leaves, spelt as the tokens are. Each kind is a file of this folder. Immutable once
/// read.
#pragma once

#include "mase/frontend/json.h"

#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

namespace mase {

class Subwords {
public:
  virtual ~Subwords() = default;

  /// Appends the ids of a word (valid UTF-8, not empty). An encoder belongs to one thread: it has memory of its own.
  /// Errors  InputError: a character of the word has no token, and the model none for what is unknown.
  using Encoder = std::function<void(std::string_view word, std::vector<int32_t> &ids)>;
  virtual Encoder encoder() const = 0;

  /// The ids by the tokens' spelling in the file.
  virtual const std::unordered_map<std::string, int32_t> &vocabulary() const = 0;
};

/// From tokenizer.json's `model`. Errors  InputError: a kind or an option that is not read, by name.
std::unique_ptr<Subwords> readSubwords(const JsonObject &tokenizer);

} // namespace mase
