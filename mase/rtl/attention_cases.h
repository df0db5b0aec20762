// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The modules of attention in several formats, tiles and shapes: sequences of one row, of two, of the whole context,
/// back to back, with what the integer models make of them.
///
/// Lanes beyond a row's keys hold noise wherever a module must not look at them. Linked into tests only.
#pragma once

#include "mase/ops/edge/attention_cycles.h"
#include "mase/rtl/operator_modules.h"

namespace mase {

std::vector<ModuleCase> scoresCases(bool longer);
std::vector<ModuleCase> softmaxCases(bool longer);
std::vector<ModuleCase> valuesCases(bool longer);

/// One or two of each, as a small model has them: 4 heads of 16 and of 64, a context of 256. For synthesis.
std::vector<ModuleCase> attentionAreaCases();

/// All three behind each other, with mxint8 queries, keys and results: `module` is SystemVerilog, a wrapper of theirs
/// with a control stream for each. Its cycles are not predicted.
struct AttentionChain {
  ModuleCase one;
  std::string module;
};
AttentionChain attentionChain(const AttentionShape &shape, bool longer);

} // namespace mase
