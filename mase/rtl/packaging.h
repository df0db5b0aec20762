// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A script for Vivado that packages a model's top level as an IP core with AXI4-Stream interfaces.
///
/// Written from AMD's documentation (UG1118, Creating and Packaging Custom IP; UG835, Tcl commands) and not tried: no
/// Vivado was at hand. Pure functions.
#pragma once

#include <string>

namespace mase {

/// top          the module of the top level, in `<top>.sv` beside the script
/// hasExternal  it has the AXI4 port of an external memory, m_axi
std::string packagingScript(const std::string &top, const std::string &model, bool hasExternal = false);

} // namespace mase
