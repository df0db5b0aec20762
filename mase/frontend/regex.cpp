// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/regex.h"

#include "mase/frontend/json.h"
#include "mase/support/error.h"

#include <cassert>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace mase {
namespace {

/// `\s` and `\S` spelt out as White_Space (see the header). `\S` inside a class has no such spelling.
std::string spellWhiteSpace(std::string_view file, std::string_view pattern) {
  constexpr std::string_view members = "\\t-\\r\\x{85}\\p{Z}";
  std::string spelt;
  bool inClass = false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    char c = pattern[i];
    if (c != '\\' || i + 1 == pattern.size()) {
      inClass = c == '[' ? true : c == ']' ? false : inClass;
      spelt += c;
      continue;
    }
    char escaped = pattern[++i];
    if (escaped == 'S' && inClass)
      fail("{}: the pattern {} has \\S inside brackets, which is not implemented", file, inQuotes(pattern));
    if (escaped == 's' && inClass)
      spelt += members;
    else if (escaped == 's' || escaped == 'S')
      (spelt += escaped == 's' ? "[" : "[^").append(members) += "]";
    else
      (spelt += c) += escaped;
  }
  return spelt;
}

} // namespace

struct Regex::Scratch::State {
  pcre2_match_data *match = pcre2_match_data_create(1, nullptr);
  pcre2_match_context *context = pcre2_match_context_create(nullptr);
  pcre2_jit_stack *stack = pcre2_jit_stack_create(32 << 10, 1 << 20, nullptr);
  State() {
    pcre2_jit_stack_assign(context, nullptr, stack);
    pcre2_set_match_limit(context, 10'000'000);
  }
  ~State() {
    pcre2_match_data_free(match);
    pcre2_match_context_free(context);
    pcre2_jit_stack_free(stack);
  }
};
Regex::Scratch::Scratch() : state_(std::make_unique<State>()) {}
Regex::Scratch::~Scratch() = default;

Regex::Regex(std::string_view file, std::string_view pattern) : file_(file) {
  std::string spelt = spellWhiteSpace(file, pattern);
  int error = 0;
  PCRE2_SIZE where = 0;
  pcre2_code *code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(spelt.data()), spelt.size(),
                                   PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C, &error, &where, nullptr);
  if (!code) {
    char reason[256] = "";
    pcre2_get_error_message(error, reinterpret_cast<PCRE2_UCHAR *>(reason), sizeof reason);
    fail("{}: the pattern {} is not valid: {}", file, inQuotes(pattern), reason);
  }
  code_ = std::shared_ptr<void>(code, [](void *c) { pcre2_code_free(static_cast<pcre2_code *>(c)); });
  uint32_t matchesEmpty = 0;
  pcre2_pattern_info(code, PCRE2_INFO_MATCHEMPTY, &matchesEmpty);
  if (matchesEmpty)
    fail("{}: the pattern {} can match nothing, so it says not where to split", file, inQuotes(pattern));
  pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); // without a JIT for this machine, pcre2_match interprets
}

void Regex::forEachMatch(std::string_view text, Scratch &scratch,
                         const std::function<void(size_t, size_t)> &onMatch) const {
  auto *code = static_cast<pcre2_code *>(code_.get());
  Scratch::State &state = *scratch.state_;
  for (size_t from = 0; from < text.size();) {
    int found = pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from, PCRE2_NO_UTF_CHECK,
                            state.match, state.context);
    if (found == PCRE2_ERROR_NOMATCH)
      return;
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(state.match);
    // \K can turn a match's ends around; whoever writes that is not understood either.
    if (found < 0 || ends[0] < from || ends[1] <= ends[0])
      fail("{}: the pre-tokenizer's pattern gives no answer on this text (it backtracks too much)", file_);
    size_t begin = ends[0];
    from = ends[1];
    onMatch(begin, from); // last: it may search with the same scratch
  }
}

} // namespace mase
