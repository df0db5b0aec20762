// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/space.h"

#include "mase/support/error.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <tuple>

namespace mase {

double Space::averageBits(const Choice &choice) const {
  assert(choice.size() == variables.size());
  double sum = 0;
  for (size_t i = 0; i < choice.size(); ++i)
    sum += variables[i].share * variables[i].bits[static_cast<size_t>(choice[i])];
  return sum;
}

bool Space::fits(const Choice &choice) const { return fits(averageBits(choice)); }

Choice Space::uniform() const {
  std::vector<double> levels;
  for (const Variable &variable : variables)
    levels.insert(levels.end(), variable.bits.begin(), variable.bits.end());
  std::sort(levels.rbegin(), levels.rend());
  levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  Choice choice(variables.size());
  for (double level : levels) {
    for (size_t i = 0; i < variables.size(); ++i) {
      const std::vector<double> &bits = variables[i].bits;
      auto above = std::upper_bound(bits.begin(), bits.end(), level);
      choice[i] = std::max(static_cast<int>(above - bits.begin()) - 1, 0);
    }
    if (fits(choice))
      break; // makeSpace made sure that the lowest level does
  }
  return choice;
}

FormatAssignment Space::assignment(const Choice &choice) const {
  assert(choice.size() == variables.size());
  FormatAssignment assignment;
  for (size_t i = 0; i < choice.size(); ++i)
    assignment.push_back(variables[i].choices[static_cast<size_t>(choice[i])]);
  return assignment;
}

Space makeSpace(const std::vector<Slot> &slots, const std::vector<std::vector<const Format *>> &choices,
                std::optional<double> budget) {
  assert(slots.size() == choices.size());
  Space space;
  space.budget = budget;
  std::vector<double> share = shareOfAverage(slots);
  Choice lowest(slots.size(), 0);
  std::map<std::string, int64_t> inputElements; // of a module's linear
  for (const Slot &slot : slots)
    if (slot.role == Role::input)
      inputElements[slot.module] = slot.elements;
  std::map<std::tuple<std::string, int64_t, Role>, int> groups;
  for (size_t i = 0; i < slots.size(); ++i) {
    Variable variable = {slots[i].name(), choices[i], {}, slots[i].role, share[i], 0};
    std::stable_sort(variable.choices.begin(), variable.choices.end(),
                     [](const Format *a, const Format *b) { return a->bitsPerElement() < b->bitsPerElement(); });
    for (const Format *format : variable.choices)
      variable.bits.push_back(format->bitsPerElement());
    std::string parent = slots[i].module.substr(0, slots[i].module.size() - slots[i].kind.size());
    auto key = std::tuple(parent, inputElements[slots[i].module], slots[i].role);
    variable.group = groups.try_emplace(key, static_cast<int>(groups.size())).first->second;
    space.variables.push_back(std::move(variable));
  }
  space.groups = static_cast<int>(groups.size());
  if (!space.fits(lowest))
    fail("budget of {} average bits: the lowest formats of the space need {:.4g} (a higher budget, or lower formats)",
         *budget, space.averageBits(lowest));
  return space;
}

} // namespace mase
