// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The top level of a model in SystemVerilog: instances of kinds, weight memories and FIFOs, named as the model's
/// tensors are; a module for each layer, and one that joins them.
///
/// An AXI4-Stream of token ids goes in and one of next ids comes out (docs/streams.md, S14). Pure functions.
#pragma once

#include "mase/rtl/netlist.h"

namespace mase {

struct ModuleText {
  std::string name, text;
};

/// Layers first, the top level last.
/// name  of that; the netlist's first instance is the entrance (mase_control), its last gives the result
std::vector<ModuleText> topTexts(const Netlist &netlist, const std::string &name);

/// The top level as one module, whose streams are s_axis and m_axis: what a simulation of it alone is made of.
HardwareModule topModule(const Netlist &netlist, const std::string &name);

/// Below the design's folder: the file of an instance's words.
std::string wordsFile(const NetInstance &instance);

} // namespace mase
