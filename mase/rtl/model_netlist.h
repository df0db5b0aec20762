// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A model's graph as hardware: an instance an operator, casts where a reader asks for another format than the edge
/// has, and channels deep enough for paths that meet again. A classifier ends in the sums of its classes, others in the
/// next token (argmax).
///
/// No MLIR.
#pragma once

#include "mase/rtl/netlist.h"
#include "mase/runtime/bit_true_plan.h"

namespace mase {

/// How much of a netlist is made.
struct NetlistDetail {
  bool contents = true;    // false: without what memories and ports of constants hold
  bool leastDepths = true; // false: FIFOs as deep as a simple rule asks for, which costs no time
};

/// tiles  one a step of the graph
/// Errors  InputError when an operator has no hardware in its formats or at its tile; the edge is named.
Netlist modelNetlist(const BitTruePlan &plan, std::span<const HardwareTile> tiles, const NetlistDetail &detail = {});

} // namespace mase
