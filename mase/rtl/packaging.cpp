// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/packaging.h"

#include "mase/rtl/linear_files.h"

#include <fmt/format.h>

namespace mase {

namespace {

const char *const externalInterface = R"(# Weights are read from an external memory.
ipx::infer_bus_interfaces xilinx.com:interface:aximm_rtl:1.0 $core
ipx::infer_bus_interface m_axi_aresetn xilinx.com:signal:reset_rtl:1.0 $core
ipx::associate_bus_interfaces -busif m_axi -clock clk_i $core
ipx::associate_bus_interfaces -clock clk_i -reset m_axi_aresetn $core
)";

} // namespace

std::string packagingScript(const std::string &top, const std::string &model, bool hasExternal) {
  return fmt::format(R"(# {0}
# Packages {2} as an IP core for Vivado. Written from UG1118 and UG835; not tried.
# Run in this folder: vivado -mode batch -source package_ip.tcl -tclargs xczu5ev-sfvc784-1-i
set part [expr {{$argc > 0 ? [lindex $argv 0] : "xczu5ev-sfvc784-1-i"}}]
create_project -force -part $part {1} ip_project
add_files -norecurse [glob *.sv kinds/*.sv ../sv/*.sv]
add_files -norecurse [glob weights/*.hex]
set_property file_type {{Memory File}} [get_files *.hex]
set_property verilog_define {{SYNTHESIS}} [current_fileset]
set_property top {1} [current_fileset]
update_compile_order -fileset sources_1

ipx::package_project -root_dir ip -vendor user -library mase -taxonomy /UserIP -import_files -force
set core [ipx::current_core]
set_property name {1} $core
set_property display_name {{{2}}} $core
set_property description {{Token ids in, most likely next ids out}} $core
# Ports are named as AXI4-Stream has them; the clock belongs to both streams.
ipx::infer_bus_interfaces xilinx.com:interface:axis_rtl:1.0 $core
ipx::infer_bus_interface clk_i xilinx.com:signal:clock_rtl:1.0 $core
ipx::infer_bus_interface rst_i xilinx.com:signal:reset_rtl:1.0 $core
ipx::associate_bus_interfaces -busif s_axis -clock clk_i $core
ipx::associate_bus_interfaces -busif m_axis -clock clk_i $core
ipx::associate_bus_interfaces -clock clk_i -reset rst_i $core
{3}ipx::add_bus_parameter POLARITY [ipx::get_bus_interfaces rst_i -of_objects $core]
set_property value ACTIVE_HIGH [ipx::get_bus_parameters POLARITY -of_objects [ipx::get_bus_interfaces rst_i -of_objects $core]]
ipx::create_xgui_files $core
ipx::update_checksums $core
ipx::save_core $core
)",
                     noRestriction, top, model, hasExternal ? externalInterface : "");
}

} // namespace mase
