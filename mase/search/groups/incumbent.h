// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The assignment around which a search looks, and how far from it.
///
/// A trial replaces the incumbent when it beats it on the same windows by more than chance (paired.h). The radius, the
/// number of tensors that the next exchange may move, grows after an exchange that did and shrinks after one that did
/// not. Both are functions of the history alone, so a resumed study has the same.
/// Source  trust-region methods, as Conn, Gould and Toint, Trust-Region Methods, 2000, chapter 6; the radius rule of
///         Eriksson et al., Scalable global optimization via local Bayesian optimization (TuRBO), 2019
#pragma once

#include "mase/search/trial.h"

#include <span>

namespace mase::groups {

class Incumbent {
public:
  explicit Incumbent(size_t tensors);

  /// Follows the trials of a history that it has not seen, from the first one if the history is a shorter one;
  /// `isExchange` says which numbers move the radius.
  template <class Predicate>
  void follow(std::span<const Trial> history, Predicate isExchange) {
    if (history.size() < seen_)
      *this = Incumbent(tensors_);
    for (; seen_ < history.size(); ++seen_)
      step(history[seen_], history, isExchange(history[seen_].number));
  }

  size_t place() const { return place_; } // in the history
  double radius() const { return radius_; }

private:
  void step(const Trial &trial, std::span<const Trial> history, bool isExchange);

  size_t tensors_, seen_ = 0, place_ = 0;
  double radius_;
};

} // namespace mase::groups
