// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/int/int.h"

#include "mase/formats/block_format.h"
#include "mase/formats/int/calibrated_int.h"
#include "mase/formats/int_element.h"
#include "mase/support/error.h"

namespace mase {
namespace {

constexpr int minBits = 2, maxBits = 12;

std::unique_ptr<Format> parse(const FormatName &name) {
  const std::optional<int> bits = numberBehind(name.head, "int");
  if (!bits)
    return nullptr;
  if (*bits < minBits || *bits > maxBits)
    fail("format '{}' has elements of {} bits ({} to {} are possible)", name.text, *bits, minBits, maxBits);
  if (!name.scale.empty() && std::isdigit(static_cast<unsigned char>(name.scale.front())))
    return parseCalibratedInt(name, *bits);
  return makeBlockFormat(name, fmt::format("int{}", *bits), std::make_shared<IntElement>(*bits, 0),
                         {{BlockShape::whole, BlockShape::whole}, "fp32", {"fp32"}, calibratedIntName});
}

} // namespace

FormatFamily intFamily() {
  return {"int",
          "int<W>[:row|:RxC][/STEP]",
          "W-bit integers, 2 to 12 bits, one fp32 scale for the tensor, each row or each block, or a static STEP",
          parse,
          [] {
            return std::vector<std::string>{"int4", "int6", "int8"};
          },
          [] {
            return std::vector<std::string>{"int8:row",  "int8:1x32",   "int2",     "int12",
                                            "int4:16x2", "int8/0.0262", "int4/0.5", "int12/1e-05"};
          }};
}

} // namespace mase
