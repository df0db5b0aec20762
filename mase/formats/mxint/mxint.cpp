// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/mxint/mxint.h"

#include "mase/formats/int_element.h"
#include "mase/support/error.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mase {
namespace {

std::string headOf(int bits) { return fmt::format("mxint{}", bits); }

std::shared_ptr<const Element> elementOf(int bits) { return std::make_shared<IntElement>(bits, bits - 2); }

std::unique_ptr<Format> parse(const FormatName &name) {
  const std::optional<int> bits = numberBehind(name.head, "mxint");
  if (!bits)
    return nullptr;
  if (*bits < MxInt::minBits || *bits > MxInt::maxBits)
    fail("format '{}' has elements of {} bits ({} to {} are possible)", name.text, *bits, MxInt::minBits,
         MxInt::maxBits);
  const BlockShape block = name.block.value_or(BlockShape{});
  std::unique_ptr<BlockFormat> format = makeBlockFormat(name, headOf(*bits), elementOf(*bits));
  auto plain = std::make_unique<MxInt>(*bits, block);
  if (format->name() == plain->name())
    return plain;
  return format;
}

std::vector<std::string> members() {
  std::vector<std::string> names;
  for (int bits = MxInt::minBits; bits <= MxInt::maxBits; ++bits)
    names.push_back(headOf(bits));
  return names;
}

} // namespace

MxInt::MxInt(int bits, BlockShape block)
    : BlockFormat({headOf(bits), elementOf(bits), parseScale("e8"), block, roundings().front()}, {}) {
  if (block == BlockShape{})
    setKernel([bits](ConstMatrixView x, MatrixView y) { mxintFakeQuantize1x32(bits, x, y); });
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
  return {"mxint",
          "mxint<M>[:RxC]",
          "M-bit integers, 2 to 12 bits, a power-of-two scale for each block of RxC (1x32)",
          parse,
          members,
          [] {
            return std::vector<std::string>{"mxint5:1x16", "mxint5:16x2",   "mxint5:1x7",     "mxint5:4x4",
                                            "mxint4:row",  "mxint4:tensor", "mxint4:1x16/e5", "mxint6@mx-ext"};
          }};
}

} // namespace mase
