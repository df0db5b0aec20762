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
  std::vector<int64_t> beatsOfToken; // one a token; behind a pooling and of a classifier's sums one a sequence
};

/// A token as the hardware takes it.
struct ModelToken {
  int32_t id = 0;
  bool wanted = true; // the next token after it is asked for
  bool last = false;  // of its sequence
  bool type = false;  // 0 or 1, of models that know types of tokens
};

/// Runs the integer model on the next tokens of a sequence, which a token that is the last ends. One entry an instance.
/// Of a classifier sequences are whole.
std::vector<ExpectedBeats> expectedBeats(const Netlist &netlist, const BitTruePlan &plan, BitTrueSequence &sequence,
                                         std::span<const ModelToken> tokens);

} // namespace mase
