// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/mxint/mxint.h"

#include "mase/formats/block_name.h"
#include "mase/support/error.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mase {

MxInt::MxInt(int bits, BlockShape block) : bits_(bits), block_(block) {}

std::string MxInt::name() const { return fmt::format("mxint{}{}", bits_, blockSuffix(block_)); }

double MxInt::bitsPerElement() const {
  return bits_ + static_cast<double>(scaleBits) / static_cast<double>(block_.size());
}

void MxInt::fakeQuantize(ConstMatrixView x, MatrixView y) const {
  if (block_ == BlockShape{})
    mxintFakeQuantize1x32(bits_, x, y);
  else
    mxintFakeQuantizeReference(bits_, block_, x, y);
}

BlockIntegers MxInt::integers(ConstMatrixView x) const {
  BlockIntegers result = {x.rows, x.cols, block_, {}, {}};
  result.q.resize(static_cast<size_t>(x.rows * x.cols));
  for (int64_t r0 = 0; r0 < x.rows; r0 += block_.rows)
    for (int64_t c0 = 0; c0 < x.cols; c0 += block_.cols) {
      int64_t r1 = std::min(r0 + block_.rows, x.rows), c1 = std::min(c0 + block_.cols, x.cols);
      float max = 0;
      for (int64_t r = r0; r < r1; ++r)
        for (int64_t c = c0; c < c1; ++c) {
          if (!std::isfinite(x.row(r)[c]))
            fail("element ({}, {}) is not finite (an integer view needs finite values)", r, c);
          max = std::max(max, std::fabs(x.row(r)[c]));
        }
      int scale = max == 0 ? minExponent : std::clamp(std::ilogb(max), minExponent, maxExponent);
      int exponent = scale - (bits_ - 2), limit = (1 << (bits_ - 1)) - 1;
      result.exponent.push_back(exponent);
      for (int64_t r = r0; r < r1; ++r)
        for (int64_t c = c0; c < c1; ++c) {
          auto q = static_cast<int32_t>(std::nearbyint(std::ldexp(static_cast<double>(x.row(r)[c]), -exponent)));
          result.q[static_cast<size_t>(r * x.cols + c)] = std::clamp(q, -limit, limit);
        }
    }
  return result;
}

std::optional<ScaledGrid> MxInt::scaledGrid() const {
  if (block_ != BlockShape{1, 32})
    return std::nullopt;
  return ScaledGrid{0, bits_ - 2, 2 - std::ldexp(1.0, 2 - bits_), minExponent, maxExponent};
}

void mxintFakeQuantizeReference(int bits, BlockShape block, ConstMatrixView x, MatrixView y) {
  const auto limit = static_cast<double>((1 << (bits - 1)) - 1);
  for (int64_t r0 = 0; r0 < x.rows; r0 += block.rows)
    for (int64_t c0 = 0; c0 < x.cols; c0 += block.cols) {
      int64_t r1 = std::min(r0 + block.rows, x.rows), c1 = std::min(c0 + block.cols, x.cols);
      float max = 0;
      bool finite = true;
      for (int64_t r = r0; r < r1; ++r)
        for (int64_t c = c0; c < c1; ++c) {
          finite = finite && std::isfinite(x.row(r)[c]);
          max = std::max(max, std::fabs(x.row(r)[c]));
        }
      // F1: the scale of a zero block is the smallest; its elements are zero under any scale.
      int scale = max == 0 ? MxInt::minExponent : std::clamp(std::ilogb(max), MxInt::minExponent, MxInt::maxExponent);
      int step = scale - (bits - 2);
      for (int64_t r = r0; r < r1; ++r)
        for (int64_t c = c0; c < c1; ++c) {
          double q = std::nearbyint(std::ldexp(static_cast<double>(x.row(r)[c]), -step)); // F3: ties to even
          q = std::clamp(q, -limit, limit);                                               // F4: symmetric saturation
          y.row(r)[c] = finite ? static_cast<float>(std::ldexp(q, step)) : std::numeric_limits<float>::quiet_NaN();
        }
    }
}

FormatFamily mxintFamily() {
  return {"mxint", "mxint<M>[:RxC]", "M-bit integers, 2 to 12 bits, a power-of-two scale for each block of RxC (1x32)",
          [](std::string_view name) -> std::unique_ptr<Format> {
            std::optional<BlockName> parsed = parseBlockName(name, "mxint");
            if (!parsed)
              return nullptr;
            if (parsed->width < MxInt::minBits || parsed->width > MxInt::maxBits)
              fail("format '{}' has elements of {} bits ({} to {} are possible)", name, parsed->width, MxInt::minBits,
                   MxInt::maxBits);
            return std::make_unique<MxInt>(parsed->width, parsed->block);
          },
          [] {
            std::vector<std::string> names;
            for (int bits = MxInt::minBits; bits <= MxInt::maxBits; ++bits)
              names.push_back(fmt::format("mxint{}", bits));
            for (const char *block : {"1x16", "16x2", "1x7", "4x4"})
              names.push_back(fmt::format("mxint5:{}", block));
            return names;
          }};
}

} // namespace mase
