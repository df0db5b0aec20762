// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A design as modules joined by channels: what the top level's SystemVerilog is written from, and what a simulation
/// steps.
///
/// Ports of an instance are numbered: inputs are operands and then control streams, outputs are results. A channel
/// joins one output to one input. Outputs with several readers, and paths that must hold rows, have a FIFO in the
/// channel; else it is wires. Inputs and outputs without a channel are the design's own.
#pragma once

#include "mase/ops/hardware_operator.h"
#include "mase/rtl/external_port.h"

#include <algorithm>

namespace mase {

struct NetInstance {
  std::string name; // of the edge that it writes: "model.layers.0.mlp.gate_proj"; plumbing has names of its own
  HardwareModule module;
  int step = -1; // of the graph, whose result it gives; -1: plumbing
  /// The instance whose port `gives` its words, in place of a memory beside it; -1: none.
  int wordsFrom = -1;

  const HardwarePort &input(size_t index) const {
    return index < module.operands.size() ? module.operands[index]
                                          : module.control[index - module.operands.size()].port;
  }
  size_t inputs() const { return module.operands.size() + module.control.size(); }
};

struct NetChannel {
  int from = 0;
  size_t output = 0;
  int to = 0;
  size_t input = 0;
  int64_t depth = 0; // beats; 0: wires
};

struct Netlist {
  std::vector<NetInstance> instances;
  std::vector<NetChannel> channels;
  /// The last instance gives sums of classes once a sequence, and tuser is a token's type; else it gives the next
  /// token after each for which tuser asks for it.
  bool classifies = false;
  ExternalPort external = {}; // of words that stay off the chip
  /// Whether an instance's words come from the external memory.
  bool isExternal(int instance) const {
    return std::find(external.instances.begin(), external.instances.end(), instance) != external.instances.end();
  }
  /// The top level has registers of its state and counters of its channels (docs/streams.md, S16).
  bool counters = true;
};

} // namespace mase
