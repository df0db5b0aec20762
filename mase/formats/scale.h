// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The scale that the elements of a block share: how it is chosen, stored and read.
///
/// A scale is a positive number `significand * 2^exponent`, stored as a code of bits(). Some have a second level: an
/// outer scale for the whole tensor (or each row), chosen first, that multiplies them all. Immutable and thread-safe.
#pragma once

#include "mase/formats/element.h"

#include <memory>
#include <string>

namespace mase {

/// What one outer scale covers.
enum class OuterScale { none, row, tensor };

/// How codes of scales are laid out, for the hardware that decodes them (docs/arithmetic.md, A21).
struct ScaleLayout {
  int exponentBits = 0;    ///< 0: the code is a biased exponent; else a small float without sign
  int significandBits = 0; ///< of the float
  int maxShift = 0;        ///< of the float
};

class Scale {
public:
  virtual ~Scale() = default;

  /// As in a format's name: "e8", "fp32", "e4m3".
  virtual std::string name() const = 0;
  virtual int bits() const = 0;
  /// The code for a block whose largest magnitude is `magnitude`: zero gives the smallest scale (F1), what is not
  /// finite the code for NaN (F5).
  virtual uint32_t choose(float magnitude, const Element &element, uint32_t outer) const = 0;
  virtual uint32_t nanCode() const = 0;
  /// Whether `choose` gives that code, for some block, or `chooseOuter` for some tensor.
  virtual bool isCode(uint32_t code) const { return true; }
  virtual bool isOuterCode(uint32_t code) const { return true; }
  /// The name that safetensors has for such codes; empty: none.
  virtual std::string_view tag() const { return {}; }
  /// What a code stands for; NaN's is that of the code below it.
  virtual ScaleInteger integer(uint32_t code) const = 0;

  virtual OuterScale outer() const { return OuterScale::none; }
  /// The outer scale, likewise, for the largest magnitude of all that it covers.
  virtual uint32_t chooseOuter(float magnitude, const Element &element) const { return 0; }
  virtual ScaleInteger outerInteger(uint32_t code) const { return {}; }

  /// The scales of blocks in units of the outer one, as a grid, and the least of them; none where there is no outer
  /// one.
  virtual std::optional<RoundingGrid> innerGrid() const { return std::nullopt; }
  virtual double smallestInner() const { return 0; }

  /// The layout of the codes, where hardware knows it.
  virtual std::optional<ScaleLayout> layout() const { return std::nullopt; }

  /// Bounds: exponents of block and outer scale together, and bits of the significands (0: always 1).
  virtual int minExponent() const = 0;
  virtual int maxExponent() const = 0;
  virtual int significandBits() const { return 0; }
  virtual int outerSignificandBits() const { return 0; }

  /// Block scale times outer scale, exactly.
  double value(uint32_t code, uint32_t outer) const;
};

/// The scale of that name, or null: "e4" to "e8", "fp32", "e4m3", "e4m3-row".
std::shared_ptr<const Scale> parseScale(std::string_view name);

} // namespace mase
