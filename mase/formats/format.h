// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A number format: element x shared scale x block shape (docs/formats.md).
///
/// A format is a folder under mase/formats/; this interface is all that the rest of the compiler knows of it. Formats
/// are immutable, live as long as the program, and are unique by name: two tensors have the same format exactly when
/// their `const Format *` are equal. Everything here is thread-safe.
#pragma once

#include "mase/formats/scaled_grid.h"
#include "mase/support/matrix.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mase {

/// The elements that share one scale: `rows` x `cols` of a matrix whose columns run along the reduction dimension.
struct BlockShape {
  int64_t rows = 1, cols = 32;
  int64_t size() const { return rows * cols; }
  bool operator==(const BlockShape &) const = default;
};

/// A quantised matrix as the integers that the hardware sees: element (r, c) is
/// `q[r * cols + c] * 2^exponent[(r / block.rows) * blocksPerRow + c / block.cols]` (docs/arithmetic.md, A2).
struct BlockIntegers {
  int64_t rows = 0, cols = 0;
  BlockShape block;
  std::vector<int32_t> q;        // rows x cols
  std::vector<int32_t> exponent; // one a block, row-major
  int64_t blocksPerRow() const { return (cols + block.cols - 1) / block.cols; }
};

class Format {
public:
  virtual ~Format() = default;

  /// The one textual name, as the command line, TOML files, the IR and reports write it: `mxint4`, `mxint6:1x16`.
  virtual std::string name() const = 0;
  /// Bits of one stored element without its share of the scale.
  virtual int elementBits() const = 0;
  /// Bits of one element, its share of the scale included: `elementBits + scale / block`.
  virtual double bitsPerElement() const = 0;
  /// The block; {1, 1} where no scale is shared.
  virtual BlockShape block() const = 0;

  /// Level 2, "emulated": quantises `x` and writes the represented values to `y` (may be the same memory).
  /// Shapes must be equal; blocks cut by an edge are padded with zeros (formats.md, F7). Every fp32 has a result.
  virtual void fakeQuantize(ConstMatrixView x, MatrixView y) const = 0;

  /// Level 3, "bit-true": whether the format has an integer view, hence a hardware operand.
  virtual bool hasIntegers() const { return false; }
  /// The integer view of `x`: exactly the values of fakeQuantize. Only when hasIntegers().
  virtual BlockIntegers integers(ConstMatrixView x) const;

  /// What level 2 needs to multiply in integers. b > 0 promises of any 32 columns of a row, counted from a multiple of
  /// 32, that fakeQuantize() makes them NaN or integers of magnitude below 2^b times one power of two, not less than
  /// 2^(-126 - b). 0 promises nothing.
  virtual int magnitudeBits() const { return 0; }
  /// The arithmetic of fakeQuantize() for kernels of their own, where each 32 columns of a row, counted from a multiple
  /// of 32, are a block and their values follow from it in every bit; none elsewhere.
  virtual std::optional<ScaledGrid> scaledGrid() const { return std::nullopt; }
};

/// Bits an element of a tensor when nothing is quantised, and the name of that format: fp32.
const Format &fp32();

} // namespace mase
