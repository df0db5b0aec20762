// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What an operator is to the bit-true executor: its integer model (docs/arithmetic.md), and what it asks of the edges
/// around it.
///
/// The level-3 counterpart of operator.h, in the same folders. Kernels are immutable and thread-safe. No MLIR.
#pragma once

#include "mase/ops/operator.h"
#include "mase/ops/wide_rows.h"

namespace mase {

/// A value at level 3. Token t's head h is row t, columns h * cols / heads and on; of a value that has a column for
/// each token so far (scores), it is row h * tokens + t.
struct IntegerRows {
  const Format *format = nullptr; // of the edge
  int64_t heads = 1;
  BlockIntegers rows;
};

/// The formats that one operator has around it.
struct BitTrueFormats {
  std::vector<const Format *> inputs; // of the edges that it reads, casts behind it
  const Format *output = nullptr;     // null: the result stays wide (logits)
  const Format *weight = nullptr;     // of its first constant, where that has a choice
};

struct BitTrueCall {
  std::span<const IntegerRows *const> inputs;
  std::span<const int32_t> ids;             // the chunk's tokens
  int64_t position = 0;                     // of the first
  std::span<const int32_t> tokenTypes = {}; // one a token of the chunk; empty: all 0
};

class BitTrueKernel {
public:
  virtual ~BitTrueKernel() = default;
  /// The result before its cast.
  virtual WideRows wide(const BitTrueCall &call) const = 0;
  /// The result in the format of its edge, into `output`, whose format is set: wide(), then a cast (O2). Operators
  /// whose result needs none say so themselves.
  virtual void run(const BitTrueCall &call, IntegerRows &output) const;
};

/// What an operator asks of the edge that it reads, or gives to the one that it writes.
struct EdgeWish {
  enum class Kind {
    any,        ///< takes every edge's format; wide unless told otherwise
    slot,       ///< the format of the operator's input slot
    named,      ///< `format`
    calibrated, ///< fixed<bits, F>, F by the largest value seen
    same,       ///< what its own readers ask for, or its own input has: it computes nothing
  } kind = Kind::any;
  std::string format = {};
  int bits = 0;
};

struct BitTrueEntry {
  std::string_view name; // the folder
  /// Errors  InputError when no hardware computes the operator in these formats.
  std::unique_ptr<BitTrueKernel> (*make)(const OperatorDescription &, const BitTrueFormats &) = nullptr;
  /// What it asks of operand `index`, and what it gives.
  EdgeWish (*reads)(const OperatorDescription &, size_t index) = nullptr; // null: any
  EdgeWish (*writes)(const OperatorDescription &) = nullptr;              // null: any
  bool choosesWeight = false; // its first constant is stored in a format of its own, and owns no slot
};

/// The operators that have an integer model. One line each in bit_true_registry.cpp.
const std::vector<BitTrueEntry> &bitTrueOperators();
const BitTrueEntry *findBitTrue(std::string_view name);

} // namespace mase
