// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The SystemVerilog of a netlist's kinds: a library module with literal parameters, whose streams have one vector a
/// beat, scales above elements. Pure functions.
#pragma once

#include "mase/rtl/netlist.h"

namespace mase {

/// Module `<kind>`: ports clk_i, rst_i, the streams, the words if it takes any, the constants.
std::string kindText(const HardwareModule &kind);

/// Where the memory inside a kind has its words, below the design's folder.
std::string memoryFile(const HardwareModule &kind);

/// A port of a kind's module.
struct KindPort {
  std::string name; // "x_data_i"
  int64_t bits = 1;
  bool isInput = true;
};
std::vector<KindPort> kindPorts(const HardwareModule &kind);

} // namespace mase
