// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What a tokenizer changes in a text before it cuts it: tokenizer.json's `normalizer`.
///
/// Each kind is a file of this folder; kinds.h names their readers and normalizer.cpp's table the kinds as files spell
/// them. Immutable once read; thread-safe.
#pragma once

#include "mase/frontend/json.h"

#include <memory>
#include <vector>

namespace mase {

class Normalizer {
public:
  virtual ~Normalizer() = default;
  /// `text` is valid UTF-8 and not empty; what becomes of it is valid and may be empty.
  virtual void apply(std::string &text) const = 0;
};

/// The kinds of a Sequence one behind the other; none where the file has none.
class Normalizers {
public:
  /// Errors  InputError: a kind or a member that is not read, by name.
  explicit Normalizers(const JsonObject &tokenizer);
  bool empty() const { return steps_.empty(); }
  std::string applied(std::string_view text) const;

private:
  void read(const JsonObject &step);
  std::vector<std::unique_ptr<const Normalizer>> steps_;
};

} // namespace mase
