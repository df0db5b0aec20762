// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/pre_tokenizers/kinds.h"
#include "mase/frontend/pre_tokenizers/splitter.h"
#include "mase/frontend/text_pattern.h"
#include "mase/support/error.h"

#include <fmt/ranges.h>

namespace mase {
namespace {

constexpr std::pair<std::string_view, SplitBehavior> behaviors[] = {
    {"Removed", SplitBehavior::Removed},
    {"Isolated", SplitBehavior::Isolated},
    {"MergedWithPrevious", SplitBehavior::MergedWithPrevious},
    {"MergedWithNext", SplitBehavior::MergedWithNext},
    {"Contiguous", SplitBehavior::Contiguous},
};

class Split final : public PreTokenizer {
public:
  explicit Split(const JsonObject &step)
      : pattern_(step), behavior_(readSplitBehavior(step)), inverts_(step.flagOr("invert", false)) {
    step.allowOnly({"type", "pattern", "behavior", "invert"});
  }
  void cut(TextPiece piece, Regex::Scratch &scratch, const Sink &onPiece) const override {
    Splitter splitter(piece, behavior_, onPiece);
    pattern_.forEachMatch(piece.text, scratch, [&](size_t begin, size_t end) {
      inverts_ ? splitter.gap(begin, end) : splitter.match(begin, end);
    });
    splitter.finish(inverts_);
  }

private:
  TextPattern pattern_;
  SplitBehavior behavior_;
  bool inverts_;
};

} // namespace

SplitBehavior readSplitBehavior(const JsonObject &step) {
  const std::string name = step.text("behavior");
  std::vector<std::string_view> names;
  for (auto &[known, behavior] : behaviors) {
    if (name == known)
      return behavior;
    names.push_back(known);
  }
  fail("{}: {} {} is not read (read: {})", step.file(), step.nameOf("behavior"), inQuotes(name),
       fmt::join(names, ", "));
}

std::unique_ptr<PreTokenizer> readSplit(const JsonObject &step) { return std::make_unique<Split>(step); }

} // namespace mase
