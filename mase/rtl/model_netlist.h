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
  bool sharesTable = true; // false: an embedding keeps a copy of its own of the table that its tied head has too
};

/// The step whose weights are what an embedding looks up, if one memory may hold both: the same tensor in the same
/// format, neither in a layer. None of other steps.
std::optional<size_t> tiedHead(const BitTruePlan &plan, size_t step);

/// tiles  one a step of the graph; an embedding that reads its head's words has the head's
/// Errors  InputError when an operator has no hardware in its formats or at its tile; the edge is named.
Netlist modelNetlist(const BitTruePlan &plan, std::span<const HardwareTile> tiles, const NetlistDetail &detail = {});

} // namespace mase
