// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The operators there are. One line each in registry.cpp; the rest is in the operator's folder.
#pragma once

#include "mase/ops/operator.h"

#include <string_view>

namespace mase {

struct OperatorEntry {
  std::string_view name;    // the folder and the IR mnemonic
  std::string_view summary; // one line, for `mase ops`
  /// What the result is: computed by a kernel, a view of the first operand that costs nothing, or a tensor of the
  /// model's files.
  enum class Kind { kernel, view, constant } kind = Kind::kernel;
  /// Makes the kernel; null where there is none.
  std::unique_ptr<Kernel> (*make)(const OperatorDescription &) = nullptr;
  /// Whether the operator's operands are read through formats, and so own slots (weight, input).
  bool hasSlots = false;
  /// Whether the result lives as long as the sequence and grows with it (kv_cache).
  bool keepsRows = false;
  /// Whether run() on some rows of its operands and of its result, at their position, gives those rows: a plan computes
  /// many rows in pieces, several operators a piece. With `keepsRows` the result is given whole.
  bool byRows = true;
  /// Whether a token's result depends on tokens behind it, so that a sequence runs at once (encoders). Null: never.
  bool (*needsWholeSequence)(const OperatorDescription &) = nullptr;
};

const std::vector<OperatorEntry> &operators();
/// Null when there is none of that name.
const OperatorEntry *findOperator(std::string_view name);

} // namespace mase
