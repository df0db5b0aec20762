// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Regular expressions of tokenizers, compiled by PCRE2's just-in-time compiler.
///
/// Tokenizers are trained with Oniguruma's dialect. PCRE2 with Unicode properties reads these patterns alike but for
/// `\s`, which it also lets match U+180E; the pattern is rewritten so that `\s` is Unicode's White_Space. Patterns that
/// can match nothing are refused: what they split depends on the library.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace mase {

/// Immutable; find() may be called by several threads, each with its own Scratch.
class Regex {
public:
  /// What a search needs; not to be shared between threads.
  class Scratch {
  public:
    Scratch();
    ~Scratch();
    Scratch(const Scratch &) = delete;
    Scratch &operator=(const Scratch &) = delete;

  private:
    friend class Regex;
    struct State;
    std::unique_ptr<State> state_;
  };

  /// Errors  InputError, starting with `file`: the pattern is not valid, or can match nothing.
  Regex(std::string_view file, std::string_view pattern);

  /// Calls onMatch(begin, end), which may use `scratch` itself, for each match in `text` (valid UTF-8), left to right,
  /// none empty, none overlapping. Errors  InputError: the pattern takes exponential time on this text and was given
  /// up.
  void forEachMatch(std::string_view text, Scratch &scratch,
                    const std::function<void(size_t begin, size_t end)> &onMatch) const;

private:
  std::string file_;
  std::shared_ptr<void> code_;
};

} // namespace mase
