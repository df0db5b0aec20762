// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The module of a design's external memory port in SystemVerilog: mase_external_port and one mase_external_words for
/// each linear, whose streams of words are its outputs (docs/streams.md, S15). Pure functions.
#pragma once

#include "mase/rtl/external_layout.h"
#include "mase/rtl/netlist_text.h"

namespace mase {

/// Ports of the AXI4 interface, and memory_error_o, as the top level has them too.
std::vector<HardwareWire> externalWires(const ExternalPort &port);
/// The net and port of a linear's words at that module: "model_layers_0_mlp_up_proj_w".
std::string externalStream(const NetInstance &instance);

/// The module of the netlist's port; parameter Base is where the image lies.
std::string externalText(const Netlist &netlist);
/// Its ports.
std::vector<KindPort> externalPorts(const Netlist &netlist);

/// In the top level: its declaration's ports, and the instance with the nets of its streams. Empty without a port.
struct ExternalTop {
  std::string parameters, ports, body;
};
ExternalTop externalTop(const Netlist &netlist);

} // namespace mase
