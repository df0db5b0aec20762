// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A whole model in simulation beside its integer model: every beat of every edge is compared as it streams.
///
/// Tokens go in as a generator gives them, and the next one comes out of the hardware. The integer model runs ahead and
/// says what each edge must hold; the first difference names operator, token, lane and both values.
#pragma once

#include "mase/rtl/netlist_simulation.h"
#include "mase/runtime/bit_true_plan.h"

namespace mase {

class ModelSimulation {
public:
  /// netlist, plan  of the same model and formats; both must outlive it
  ModelSimulation(const Netlist &netlist, const VerilatedLibrary &library, const BitTruePlan &plan,
                  const SimulationStalls &stalls);
  ~ModelSimulation();

  /// Appends tokens to the sequence (or begins another) and returns the most likely next one after each, as the
  /// hardware has it.
  /// Errors  CheckError when it hangs, naming the channels that wait, or gives more than it was asked for.
  std::vector<int32_t> run(std::span<const int32_t> ids, bool newSequence);

  int64_t compared() const;   // beats
  int64_t mismatches() const; // beats that differ
  /// Empty if there is none: edge, token, element, both values.
  const std::string &firstDifference() const;
  int64_t cycle() const;

private:
  class State;
  std::unique_ptr<State> state_;
};

} // namespace mase
