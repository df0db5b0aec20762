// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The registers of an emitted top level: which channel has which number, and where its counters are (docs/streams.md,
/// S16).
///
/// Channels are numbered as the nodes of the counters' chain have them: the design's own streams, then those whose
/// writers are in no layer, then layer after layer. Pure functions.
#pragma once

#include "mase/rtl/netlist_simulation.h"

namespace mase {

/// A stream that is counted.
struct StatusChannel {
  static constexpr int tokens = -1, results = -2;
  int channel = 0;   // of the netlist; or s_axis, m_axis
  std::string layer; // whose module counts it, that of its writer; empty: the top level
  std::string name;  // "model.layers.0.mlp.up_proj -> model.layers.0.mlp.mul.a"
};

/// In the order of their numbers.
std::vector<StatusChannel> statusChannels(const Netlist &netlist);

/// What the simulation of the same design counted of them, in that order.
std::vector<StreamCounts> streamCounts(const Netlist &netlist, const NetlistSimulation &simulation);

/// What is counted of a channel, in cycles.
enum class StatusCounter {
  moved,   ///< the reader takes a beat
  stalled, ///< the writer has a beat and no room
  starved, ///< the reader would take a beat and there is none
};
constexpr int64_t statusCounterBits = 32;

/// Bytes from the registers' base.
constexpr int64_t statusAddress(int64_t channel, StatusCounter counter) {
  return 256 + 16 * channel + 4 * static_cast<int64_t>(counter);
}
/// Of the port's address: so that all registers of so many channels fit.
int64_t statusAddressBits(int64_t channels);

/// The registers with addresses, names and meanings, and the channels: status.json, for software.
std::string statusJson(const Netlist &netlist);

} // namespace mase
