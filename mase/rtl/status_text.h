// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What a top level's registers and counters are in SystemVerilog (docs/streams.md, S16): the AXI4-Lite port, the
/// module behind it, a node of the counters' chain in each layer.
///
/// Nets: status_count, status_clear, and status_chain_0... from the registers through all nodes and back. Pure
/// functions.
#pragma once

#include "mase/rtl/netlist_text.h"
#include "mase/rtl/status_map.h"

namespace mase {

/// The AXI4-Lite port of a top level.
std::vector<KindPort> statusPorts(const Netlist &netlist);

/// Its text in a list of ports, each line ended by a comma.
std::string statusPortText(const Netlist &netlist);

/// The registers, and the nets of `nodes` nodes. result  the net of what the design gives
std::string statusInstance(const Netlist &netlist, const std::string &result, size_t nodes);

/// The nets of a counted channel: `<offered>_valid` and the like, whole names.
struct CountedNets {
  std::string offered, room, waiting, ready;
};
/// The node of a module's channels, the first of them numbered `first`; chains are nets.
std::string counterNode(size_t first, const std::vector<CountedNets> &channels, const std::string &count,
                        const std::string &clear, const std::string &chainIn, const std::string &chainOut);

/// Ports of a layer's module, each line begun by a comma; and how the top level joins node `node` to them.
std::string counterPorts();
std::string counterConnections(size_t node);

} // namespace mase
