// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What every edge of a netlist must carry: the integer model's rows as beats.
///
/// No MLIR.
#pragma once

#include "mase/rtl/netlist.h"
#include "mase/runtime/bit_true_plan.h"

namespace mase {

/// Of one instance that computes a step of the graph; empty for the others.
struct ExpectedBeats {
  std::vector<std::string> beats;    // hexadecimal, scales above elements
  std::vector<int64_t> beatsOfToken; // one a token
};

/// Runs the integer model on the next tokens of a sequence. One entry an instance.
std::vector<ExpectedBeats> expectedBeats(const Netlist &netlist, const BitTruePlan &plan, BitTrueSequence &sequence,
                                         std::span<const int32_t> ids);

} // namespace mase
