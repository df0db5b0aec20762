// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The texts that an emitted design has for each linear and each kind of linear. Pure functions; emit.cpp writes them.
#pragma once

#include "mase/ops/linear/hardware.h"
#include "mase/rtl/design.h"

#include <string>

namespace mase {

/// A SystemVerilog identifier and file name from a tensor's name: "model.layers.0.self_attn.q_proj" gives
/// "model_layers_0_self_attn_q_proj".
std::string moduleName(const std::string &linearName);

/// The first line of everything that is generated, after the comment sign.
inline constexpr const char *noRestriction = "Written by mase. This file carries no licence restriction.";

/// Module of a kind: `mase_linear` with literal parameters. A stream without scales has no port for them.
std::string kindModule(const LinearConfig &config);
/// Module of one linear: its kind and its weight memory.
std::string linearModule(const std::string &linearName, const LinearConfig &config, const LinearConstants &constants);
/// The constants that the test bench is compiled with.
std::string kindHeader(const LinearConfig &config);
/// Yosys script that synthesises a kind and prints its cells.
std::string synthesisScript(const LinearConfig &config);
/// One block of 32 a line: stored scale, 0 where there is none, then the codes of the elements in decimal, the top bit
/// as a sign.
std::string blockLines(const Format &format, const BlockIntegers &blocks);

} // namespace mase
