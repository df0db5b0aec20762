// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A script for Vivado that packages a model's top level as an IP core with AXI4-Stream interfaces, and
/// AXI4-Lite where it has registers.
///
/// Written from AMD's documentation (UG1118, Creating and Packaging Custom IP; UG835, Tcl commands) and not tried: no
/// Vivado was at hand. Pure functions.
#pragma once

#include "mase/rtl/netlist.h"

namespace mase {

/// top  the module of the top level, in `<top>.sv` beside the script
std::string packagingScript(const Netlist &netlist, const std::string &top, const std::string &model);

} // namespace mase
