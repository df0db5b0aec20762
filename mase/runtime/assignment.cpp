// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/assignment.h"

#include <cassert>

namespace mase {

const char *nameOf(Role role) {
  switch (role) {
  case Role::weight:
    return "weight";
  case Role::input:
    return "input";
  case Role::output:
    return "output";
  }
  return "";
}

std::string Slot::name() const { return module + "." + nameOf(role); }

FormatAssignment uniformAssignment(const std::vector<Slot> &slots, const Format &format) {
  FormatAssignment assignment;
  for (const Slot &slot : slots)
    assignment.push_back(slot.role == Role::weight ? &format : &format.withRowScales());
  return assignment;
}

AverageBits averageBits(const std::vector<Slot> &slots, const FormatAssignment &assignment) {
  assert(slots.size() == assignment.size());
  double bits[2] = {}, elements[2] = {};
  for (size_t i = 0; i < slots.size(); ++i) {
    int role = slots[i].role == Role::weight ? 0 : 1;
    auto count = static_cast<double>(slots[i].elements);
    bits[role] += count * assignment[i]->bitsPerElement();
    elements[role] += count;
  }
  AverageBits average = {bits[0] / elements[0], bits[1] / elements[1], 0};
  average.all = (average.weights + average.activations) / 2;
  return average;
}

std::vector<double> shareOfAverage(const std::vector<Slot> &slots) {
  double elements[2] = {};
  for (const Slot &slot : slots)
    elements[slot.role == Role::weight ? 0 : 1] += static_cast<double>(slot.elements);
  std::vector<double> share;
  for (const Slot &slot : slots)
    share.push_back(static_cast<double>(slot.elements) / (2 * elements[slot.role == Role::weight ? 0 : 1]));
  return share;
}

} // namespace mase
