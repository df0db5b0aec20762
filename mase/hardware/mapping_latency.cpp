// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/mapping_selection.h"

#include <algorithm>
#include <cassert>
#include <set>

namespace mase {
namespace {

constexpr size_t kLabelLimit = 5'000;      // options are many here, and the Lagrangian's gap is small
constexpr size_t kMostOptionsALevel = 400; // of one group at one latency

struct Option {
  Uses uses = {};
  std::vector<StageChoice> choices; // of the group's stages, in order
};

bool usesNoMore(const Uses &a, const Uses &b) {
  for (size_t k = 0; k < kBudgets; ++k)
    if (a[k] > b[k])
      return false;
  return true;
}

// Keeps the options that no other uses less than in every resource; of equals the first.
void keepLeast(std::vector<Option> &options) {
  std::stable_sort(options.begin(), options.end(), [](const Option &a, const Option &b) { return a.uses < b.uses; });
  std::vector<Option> kept;
  for (Option &option : options)
    if (std::none_of(kept.begin(), kept.end(), [&](const Option &k) { return usesNoMore(k.uses, option.uses); }))
      kept.push_back(std::move(option));
  options = std::move(kept);
}

// All sensible ways to have every stage of a group done within `latency`. Sets `cut` when some were left out.
std::vector<Option> optionsOf(const MappingProblem &problem, const std::vector<int> &group, int64_t latency,
                              bool &cut) {
  std::vector<Option> all = {Option{}};
  for (int stage : group) {
    std::vector<Option> own;
    const std::vector<Candidate> &candidates = problem.stages[stage].candidates;
    for (size_t c = 0; c < candidates.size(); ++c)
      if (candidates[c].latency <= latency)
        for (MemoryKind memory : memoryKinds(candidates[c]))
          own.push_back({usesOf(areaOf(candidates[c], memory)), {{static_cast<int>(c), memory}}});
    keepLeast(own);
    std::vector<Option> combined;
    for (const Option &a : all)
      for (const Option &b : own) {
        Option both = a;
        for (size_t k = 0; k < kBudgets; ++k)
          both.uses[k] += b.uses[k];
        both.choices.push_back(b.choices[0]);
        combined.push_back(std::move(both));
      }
    keepLeast(combined);
    if (combined.size() > kMostOptionsALevel) {
      combined.resize(kMostOptionsALevel); // sorted by LUT: the smallest
      cut = true;
    }
    all = std::move(combined);
  }
  return all;
}

// One item of the selection, and what its options stand for.
struct Group {
  std::vector<SelectionOption> costs;
  std::vector<Option> options;
};

// A group is done when its slowest member is: for each latency that a member can have, the areas at which all members
// keep it. Areas that suffice for a smaller latency are left out.
Group groupOf(const MappingProblem &problem, const std::vector<int> &members, bool &cut) {
  Group group;
  if (members.empty())
    return {{SelectionOption{}}, {Option{}}};
  std::set<int64_t> latencies;
  for (int stage : members)
    for (const Candidate &candidate : problem.stages[stage].candidates)
      latencies.insert(candidate.latency);
  for (int64_t latency : latencies) {
    size_t faster = group.options.size();
    for (Option &option : optionsOf(problem, members, latency, cut)) {
      if (std::any_of(group.options.begin(), group.options.begin() + static_cast<std::ptrdiff_t>(faster),
                      [&](const Option &other) { return usesNoMore(other.uses, option.uses); }))
        continue;
      group.costs.push_back({latency, option.uses});
      group.options.push_back(std::move(option));
    }
  }
  return group;
}

// Whether two groups have the same members, so that one's options serve for the other.
bool equalMembers(const MappingProblem &problem, const std::vector<int> &a, const std::vector<int> &b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&problem](int x, int y) { return problem.stages[x].candidates == problem.stages[y].candidates; });
}

} // namespace

Mapping solveForLatency(const MappingProblem &problem) {
  assert(check(problem).empty());
  SelectionProblem selection;
  selection.budgets = usesOf(problem.budget);
  std::vector<Group> groups; // different ones
  std::vector<size_t> first; // of each, its first place in the path
  std::vector<size_t> kind;  // of each place in the path, its group
  bool cut = false;
  for (size_t g = 0; g < problem.path.size(); ++g) {
    size_t k = 0;
    while (k < groups.size() && !equalMembers(problem, problem.path[first[k]], problem.path[g]))
      ++k;
    if (k == groups.size()) {
      groups.push_back(groupOf(problem, problem.path[g], cut));
      first.push_back(g);
    }
    kind.push_back(k);
    selection.items.push_back(groups[k].costs);
  }
  Selection found = selectOptions(selection, kLabelLimit);
  if (!found.found)
    reportThatNothingFits(problem);
  std::vector<StageChoice> choices(problem.stages.size());
  for (size_t g = 0; g < problem.path.size(); ++g)
    for (size_t m = 0; m < problem.path[g].size(); ++m)
      choices[problem.path[g][m]] = groups[kind[g]].options[found.option[g]].choices[m];
  Mapping mapping = finished(problem, std::move(choices));
  mapping.exact = found.exact && !cut;
  mapping.bound = cut ? 0 : found.bound;
  return mapping;
}

} // namespace mase
