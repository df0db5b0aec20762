// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The port of an external memory from which a design streams the weights of some linears (docs/streams.md, S15), and
/// what is assumed of the memory behind it.
///
/// The hardware is mase_external_port.sv and, for each linear, mase_external_words.sv.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mase {

/// A memory as a simulation has it: bursts in order, a beat a cycle at most.
struct MemoryTiming {
  int64_t latency = 64;       // cycles from an address that is taken to its first beat
  double bytesPerCycle = 1e9; // on average; the port's width is a bound too
};

/// What a simulation is told of the memory in place of what the folder says.
struct MemoryOverride {
  std::optional<int64_t> latency;
  std::optional<double> bytesPerCycle;

  MemoryTiming over(MemoryTiming timing) const {
    return {latency.value_or(timing.latency), bytesPerCycle.value_or(timing.bytesPerCycle)};
  }
};

struct ExternalPort {
  std::vector<int> instances; // whose words come from the memory, in the order of their regions; none: there is no port
  std::string module;         // of the top level: "mase_tiny_external"
  int64_t dataBits = 128;     // of a beat: 64, 128, 256 or 512
  int64_t burst = 64;         // beats; a power of two, at most 256 and 4 KiB
  int64_t depth = 512;        // beats that each linear stores, at least two bursts
  int64_t outstanding = 8;    // bursts that are asked for and have not come
  MemoryTiming memory;

  int64_t beatBytes() const { return dataBits / 8; }
};

} // namespace mase
