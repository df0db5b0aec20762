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
  chooseKernel();
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
