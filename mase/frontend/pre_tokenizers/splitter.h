// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What becomes of the pieces between matches and of the matches themselves: the five behaviours of a Split.
///
/// A piece is told as it is found, match by match from left to right; what is left of it goes to the sink at once.
#pragma once

#include "mase/frontend/pre_tokenizers/pre_tokenizer.h"

namespace mase {

/// Matches go; stand alone; close the piece in front; open the piece behind; matches that touch are one piece.
enum class SplitBehavior { Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous };
/// From the member `behavior`. Errors  InputError: another word.
SplitBehavior readSplitBehavior(const JsonObject &step);

class Splitter {
public:
  Splitter(TextPiece piece, SplitBehavior behavior, const PreTokenizer::Sink &sink)
      : piece_(piece), sink_(sink), behavior_(behavior) {}

  /// The match [begin, end), which stands behind those told before.
  void match(size_t begin, size_t end) {
    if (begin > reached_)
      part(reached_, begin, false);
    part(begin, end, true);
    reached_ = end;
  }
  /// As match(), but for an inverted pattern: [begin, end) is what stands between its matches.
  void gap(size_t begin, size_t end) {
    if (begin > reached_)
      part(reached_, begin, true);
    part(begin, end, false);
    reached_ = end;
  }
  /// The rest: no match follows. `isInverted`: it is one.
  void finish(bool isInverted = false) {
    if (reached_ < piece_.text.size())
      part(reached_, piece_.text.size(), isInverted);
    emit(begin_, end_);
  }

private:
  void emit(size_t begin, size_t end) const {
    if (begin < end)
      sink_({piece_.text.substr(begin, end - begin), piece_.opensText && begin == 0});
  }
  void part(size_t begin, size_t end, bool isMatch) {
    if (behavior_ == SplitBehavior::Removed || behavior_ == SplitBehavior::Isolated) {
      if (!isMatch || behavior_ == SplitBehavior::Isolated)
        emit(begin, end);
      return;
    }
    const bool joins = behavior_ == SplitBehavior::Contiguous           ? isMatch == wasMatch_
                       : behavior_ == SplitBehavior::MergedWithPrevious ? isMatch && !wasMatch_
                                                                        : !isMatch && wasMatch_;
    wasMatch_ = isMatch;
    if (joins && begin_ < end_) {
      end_ = end;
      return;
    }
    emit(begin_, end_);
    begin_ = begin;
    end_ = end;
  }

  TextPiece piece_;
  const PreTokenizer::Sink &sink_;
  SplitBehavior behavior_;
  size_t reached_ = 0;
  size_t begin_ = 0, end_ = 0; // held back: what follows may join it
  bool wasMatch_ = false;
};

} // namespace mase
