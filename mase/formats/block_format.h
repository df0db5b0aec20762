// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A point of the algebra: one element, one scale, one block shape, one rounding make a format.
///
/// All four views (format.h) follow from the parts, so a family's folder holds its element and its names only.
/// `reference` is the definition of level 2; where there is a fast kernel for a point (grid_kernel.h), fakeQuantize
/// runs that, and a test holds it against the reference in every bit.
#pragma once

#include "mase/formats/block_codec.h"
#include "mase/formats/format.h"
#include "mase/formats/format_name.h"
#include "mase/formats/grid_codec.h"
#include "mase/formats/rounding.h"
#include "mase/formats/scale.h"

#include <functional>
#include <memory>

namespace mase {

struct BlockFormatParts {
  std::string head; ///< the canonical name without what `defaults` covers
  std::shared_ptr<const Element> element;
  std::shared_ptr<const Scale> scale;
  BlockShape block;
  const Rounding *rounding = nullptr;
};

/// What a family takes when a name does not say, and what it allows.
struct BlockFormatDefaults {
  BlockShape block;
  std::string_view scale = "e8";
  /// Scales that a name may give, for the error's text too.
  std::vector<std::string_view> scales = {"e4", "e5", "e6", "e7", "e8"};
  /// Of a block that is the tensor: the name of the same with a static scale (Format::calibrated).
  std::string (*calibratedName)(int bits, double largest) = nullptr;
};

class BlockFormat : public Format {
public:
  BlockFormat(BlockFormatParts parts, const BlockFormatDefaults &defaults);

  std::string name() const override { return name_; }
  int elementBits() const override { return parts_.element->bits(); }
  int scaleBits() const override { return parts_.scale->bits(); }
  double bitsPerElement() const override;
  BlockShape block() const override { return parts_.block; }
  ScaleReach scaleReach() const override;
  const Format &withRowScales() const override;
  const Format *calibrated(double largest) const override;
  ElementRange range() const override;
  void fakeQuantize(ConstMatrixView x, MatrixView y) const override;
  using Format::encode;
  void encode(ConstMatrixView x, EncodedMatrix &result) const override;
  void decode(const EncodedMatrix &x, MatrixView y) const override;
  EncodedShape encodedShape(int64_t rows, int64_t cols) const override;
  bool isEmulationOnly() const override { return parts_.rounding->isEmulationOnly(); }
  bool isElementCode(uint32_t code) const override { return parts_.element->isCode(code); }
  bool isScaleCode(uint32_t code) const override { return parts_.scale->isCode(code); }
  bool isOuterCode(uint32_t code) const override { return parts_.scale->isOuterCode(code); }
  std::string_view elementTag() const override { return parts_.element->tag(); }
  std::string_view scaleTag() const override { return parts_.scale->tag(); }
  bool hasIntegers() const override { return parts_.element->hasIntegers() && !parts_.rounding->isEmulationOnly(); }
  OperandShape operand() const override;
  BlockIntegers integers(ConstMatrixView x) const override;
  ElementInteger elementInteger(uint32_t code) const override { return parts_.element->integer(code); }
  ScaleInteger scaleInteger(uint32_t code) const override;

  const Element &element() const { return *parts_.element; }
  const Scale &scale() const { return *parts_.scale; }
  const Rounding &rounding() const { return *parts_.rounding; }
  /// Level 2 as the specification reads: the definition.
  void reference(ConstMatrixView x, MatrixView y) const;
  /// The general kernel, or null where the format has none: another rounding, or too many bits.
  const BlockKernel *blockKernel() const { return blocks_.get(); }
  /// The general kernel (block_kernel.h), where the format has a faster one, too.
  void quantizeBlocks(ConstMatrixView x, MatrixView y) const;
  /// The codec likewise, a code at a time.
  void encodePlainly(ConstMatrixView x, EncodedMatrix &result) const;
  void decodePlainly(const EncodedMatrix &x, MatrixView y) const;
  /// Before the format is published: lets fakeQuantize run the kernel for its element, scale and block, if there is
  /// one.
  void chooseKernel();
  /// What that kernel computes, for others that quantise likewise into another form than fp32; none without one.
  const std::optional<GridFormat> &gridFormat() const { return kernel_; }

private:
  struct Block;
  void encodeBlock(const Block &block, int64_t place, int64_t row, int64_t col, EncodedMatrix &result) const;
  GridCodec gridCodec() const;
  using Visit = std::function<void(const Block &)>;
  void forEachBlock(ConstMatrixView x, const Visit &visit) const;
  void forEachBlockUnder(ConstMatrixView x, uint32_t outer, const Visit &visit) const;
  uint32_t codeOf(const Block &block, int64_t i, int64_t j) const;
  void decodeRow(const EncodedMatrix &x, int64_t row, int64_t col, float *y, int64_t cols) const;
  PlainBlocks plainBlocks() const;
  uint32_t outerCode(ConstMatrixView x, int64_t row) const;
  void addOuter(const EncodedMatrix &codes, BlockIntegers &result) const;

  BlockFormatParts parts_;
  std::string name_, rowName_;
  std::string (*calibratedName_)(int bits, double largest);
  std::optional<GridFormat> kernel_;
  std::shared_ptr<const BlockKernel> blocks_; ///< for whatever the others do not take
};

/// Builds the format that a family has recognised by its head: takes block, scale and rounding from the name.
/// Errors  InputError when the scale or the rounding does not exist, or not for this element.
std::unique_ptr<BlockFormat> makeBlockFormat(const FormatName &name, std::string head,
                                             std::shared_ptr<const Element> element,
                                             const BlockFormatDefaults &defaults = {});

} // namespace mase
