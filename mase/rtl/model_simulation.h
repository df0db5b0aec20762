// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A whole model in simulation beside its integer model: every beat of every edge is compared as it streams.
///
/// Tokens go in as a generator gives them, and the next one comes out of the hardware. What each edge must carry comes
/// with them (expected_beats.h); the first difference names operator, token, element and both values.
#pragma once

#include "mase/rtl/expected_beats.h"
#include "mase/rtl/netlist_simulation.h"

namespace mase {

class ModelSimulation {
public:
  /// netlist  must outlive it; tokens go to its first instance, ids come from its last
  /// files    as NetlistSimulation
  ModelSimulation(const Netlist &netlist, const VerilatedLibrary &library, const SimulationStalls &stalls,
                  const std::filesystem::path &files = {});
  ~ModelSimulation();

  /// Gives the next tokens and returns the most likely next one after each that asks for it, as the hardware has it; of
  /// a classifier the class of each sequence that ends.
  /// expected  what they make of each edge, in the order of instances; none: nothing is compared
  /// Errors  CheckError when it hangs, naming the channels that wait, or gives more than it was asked for.
  std::vector<int32_t> run(std::span<const ModelToken> tokens, const std::vector<ExpectedBeats> &expected);

  /// Resets the hardware, whatever is inside. What was expected of it is forgotten.
  void reset();
  /// Whether the entrance says that it swallowed a token.
  bool error() const;
  /// Whether an external memory gave a beat with an error.
  bool memoryError() const;
  /// The external memory's model; null if there is none.
  const MemoryModel *memory() const;

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
