// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/rtl_generator.h"

#include "mase/rtl/verilator_tools.h"
#include "mase/support/error.h"

namespace mase {

RtlGenerator::RtlGenerator(const ModelFolder &folder, const BitTruePlan &integers, const std::filesystem::path &cache,
                           const SimulationStalls &stalls)
    : folder_(folder), integers_(integers),
      library_(folder.kinds, folder.library, cache.empty() ? defaultVerilatorCache() : cache),
      simulation_(folder.design.netlist, library_, stalls), predicted_(folder.design.netlist), sequence_(integers) {}

int32_t RtlGenerator::next(std::span<const int32_t> chunk) {
  std::vector<ModelToken> tokens;
  for (int32_t id : chunk)
    tokens.push_back({id, false, false});
  tokens.back().wanted = true;
  for (size_t i = 0; i < tokens.size(); ++i)
    predicted_.feed(sequence_.position() + static_cast<int64_t>(i), tokens[i].wanted, tokens[i].last);
  predicted_.runUntil(++results_);
  const std::vector<int32_t> ids =
      simulation_.run(tokens, expectedBeats(folder_.design.netlist, integers_, sequence_, tokens));
  if (simulation_.mismatches() > 0)
    throw CheckError(simulation_.firstDifference());
  return ids.at(0);
}

} // namespace mase
