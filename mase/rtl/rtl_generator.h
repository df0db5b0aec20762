// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Generation by emitted hardware in simulation, beside the integer model: level 4.
///
/// Every beat of every edge is compared as it streams.
#pragma once

#include "mase/rtl/dataflow_simulation.h"
#include "mase/rtl/model_folder.h"
#include "mase/rtl/model_simulation.h"
#include "mase/runtime/generate.h"

namespace mase {

class RtlGenerator final : public Generator {
public:
  /// folder    as readModel gives it; must outlive it
  /// integers  the same model in the folder's formats; must outlive it
  /// Errors    InputError when a tool is missing or fails
  RtlGenerator(const ModelFolder &folder, const BitTruePlan &integers, const std::filesystem::path &cache,
               const SimulationStalls &stalls = {});

  /// Errors  CheckError: the hardware differs, and where first; or it hangs
  int32_t next(std::span<const int32_t> chunk) override;
  int64_t room() const override { return integers_.graph().maxRows - sequence_.position(); }

  int64_t compared() const { return simulation_.compared(); }
  int64_t cycles() const { return simulation_.cycle(); }
  /// What a dataflow simulation makes of the same tokens.
  int64_t predictedCycles() const { return predicted_.cycle(); }

private:
  const ModelFolder &folder_;
  const BitTruePlan &integers_;
  VerilatedLibrary library_;
  ModelSimulation simulation_;
  DataflowSimulation predicted_;
  int64_t results_ = 0;
  BitTrueSequence sequence_;
};

} // namespace mase
