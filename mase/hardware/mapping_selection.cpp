// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/mapping_selection.h"

#include "mase/support/error.h"

#include <algorithm>
#include <limits>

namespace mase {

void reportThatNothingFits(const MappingProblem &problem) {
  constexpr const char *names[kBudgets] = {"LUT", "DSP", "BRAM", "URAM"};
  Uses budgets = usesOf(problem.budget), least = {};
  for (const Stage &stage : problem.stages) {
    Uses here;
    here.fill(std::numeric_limits<int64_t>::max());
    for (const Candidate &candidate : stage.candidates)
      for (MemoryKind memory : memoryKinds(candidate)) {
        Uses uses = usesOf(areaOf(candidate, memory));
        for (size_t k = 0; k < kBudgets; ++k)
          here[k] = std::min(here[k], uses[k]);
      }
    for (size_t k = 0; k < kBudgets; ++k)
      least[k] += here[k];
  }
  for (size_t k = 0; k < kBudgets; ++k)
    if (least[k] > budgets[k])
      throw CheckError(
          fmt::format("nothing fits: the smallest of every stage take {} {} of {}", least[k], names[k], budgets[k]));
  throw CheckError(fmt::format("nothing fits: no choice of tiles and memories stays within {} LUT, {} DSP, {} BRAM and "
                               "{} URAM at once",
                               budgets[0], budgets[1], budgets[2], budgets[3]));
}

Mapping finished(const MappingProblem &problem, std::vector<StageChoice> choices) {
  Mapping mapping = evaluate(problem, std::move(choices));
  if (mapping.area.ff > problem.budget.ff)
    throw CheckError(fmt::format("nothing fits: the mapping takes {} FF of {}", mapping.area.ff, problem.budget.ff));
  return mapping;
}

} // namespace mase
