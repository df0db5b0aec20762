// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The element of a format: a finite set of numbers, each with a code.
///
/// An element knows nothing of blocks or scales: it sees values that a scale has already divided. Elements are
/// immutable and thread-safe. A new kind of element is a class that says how to round, and what its codes mean;
/// everything else (blocks, scales, packing, the integer view) follows from that in BlockFormat.
#pragma once

#include "mase/formats/block_integers.h"
#include "mase/formats/rounding_grid.h"

#include <optional>
#include <string_view>

namespace mase {

/// How codes are laid out, for the hardware that decodes and makes them (element/*.sv; docs/arithmetic.md, A17).
struct CodeLayout {
  enum class Kind { integer, smallFloat, table };
  Kind kind = Kind::integer; ///< two's complement; sign, exponent field and mantissa from the top bit on; any
  int exponentBits = 0;      ///< of a small float
  uint32_t largestCode = 0;  ///< of the greatest number; of no use in tables
};

class Element {
public:
  virtual ~Element() = default;

  /// Bits of a code.
  virtual int bits() const = 0;
  /// The greatest and the least magnitude but zero.
  virtual double largest() const = 0;
  virtual double smallest() const = 0;
  /// Distance of neighbours in the octave of `largest`, relative to its greatest value.
  virtual double relativeStep() const = 0;
  /// Whether with every value its negative is one, too.
  virtual bool symmetric() const { return true; }

  /// The power of two that scales a block whose largest magnitude is `magnitude` (> 0, finite): by it the block's
  /// largest element comes into the octave of `largest` (F2).
  virtual int scaleExponent(float magnitude) const { return std::ilogb(magnitude) - std::ilogb(largest()); }
  /// The element for a finite `v` (as in roundToGrid), saturating.
  virtual double round(double v, Ties ties) const = 0;

  /// Whether codes are whole numbers in two's complement; else sign and magnitude, or a table's.
  virtual bool isTwosComplement() const { return false; }
  /// The code of a value that `round` gave. -0 has the code of zero where there is only one.
  virtual uint32_t encode(double value) const = 0;
  /// What a code stands for: NaN and infinities where they have codes.
  virtual double decode(uint32_t code) const = 0;

  /// Whether `encode` gives that code.
  virtual bool isCode(uint32_t code) const { return true; }
  /// The name that safetensors has for such codes; empty: none.
  virtual std::string_view tag() const { return {}; }

  /// Whether scaleExponent takes the power of two nearest to `magnitude`, in place of the one below.
  virtual bool roundsScale() const { return false; }
  /// The elements as a grid, where they are one.
  virtual std::optional<RoundingGrid> grid() const { return std::nullopt; }
  /// Whether they are a list of at most 256 values with one zero, so that kernels may look them up (element_table.h).
  virtual bool isList() const { return false; }

  /// The layout of the codes, where hardware knows it.
  virtual std::optional<CodeLayout> layout() const { return std::nullopt; }

  /// The integer view: value = significand * 2^(shift + unitExponent).
  virtual bool hasIntegers() const { return true; }
  virtual int unitExponent() const = 0;
  virtual int significandBits() const = 0;
  virtual int maxShift() const { return 0; }
  virtual ElementInteger integer(uint32_t code) const = 0;
};

} // namespace mase
