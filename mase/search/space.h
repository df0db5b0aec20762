// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The space of a search: for each tensor the formats it may have, and the average bits that all of them may cost.
///
/// Variable i is slot i of the model. Average bits are those of AverageBits::all (mase/runtime/assignment.h): scales
/// included, the mean of the weights' and the activations' averages, each linear in every tensor's bits.
#pragma once

#include "mase/runtime/assignment.h"
#include "mase/search/trial.h"

#include <optional>

namespace mase {

struct Variable {
  std::string name;                    // the slot's
  std::vector<const Format *> choices; // at least one, by increasing bits an element
  std::vector<double> bits;            // of each choice: bitsPerElement
  Role role = Role::weight;
  double share = 0; // what one bit more adds to the average
  int group = 0;    // variables that are probed together: see makeSpace
};

struct Space {
  std::vector<Variable> variables;
  std::optional<double> budget; // greatest average bits
  int groups = 0;               // Variable::group is below this

  double averageBits(const Choice &choice) const;
  /// Whether the average is within the budget, but for rounding (1e-9).
  bool fits(const Choice &choice) const;
  bool fits(double averageBits) const { return !budget || averageBits <= *budget + 1e-9; }
  /// Every tensor at the highest of its formats of at most b bits (or its lowest), for the highest b that fits: with
  /// equal choices everywhere, the uniform assignment at the highest format that fits.
  Choice uniform() const;
  FormatAssignment assignment(const Choice &choice) const;
};

/// `choices[i]` are the formats that slot i may have, in any order (FormatConfig::resolveSpace gives them).
/// A group is what stands in one module, reads inputs of one size and has one role: in a LLaMA's layer the weights of
/// q, k, v and o, those of gate and up, that of down, and likewise their inputs.
/// Errors  InputError when even the lowest formats exceed the budget.
Space makeSpace(const std::vector<Slot> &slots, const std::vector<std::vector<const Format *>> &choices,
                std::optional<double> budget);

} // namespace mase
