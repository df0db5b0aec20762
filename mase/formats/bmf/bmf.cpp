// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/bmf/bmf.h"

#include "mase/formats/block_format.h"
#include "mase/formats/bmf/minifloat_element.h"
#include "mase/support/error.h"

namespace mase {
namespace {

constexpr int maxExponentBits = 6, maxMantissaBits = 8;

std::unique_ptr<Format> parse(const FormatName &name) {
  const std::optional<std::vector<int>> numbers = numbersInBrackets(name.head, "bmf", 2);
  if (!numbers)
    return nullptr;
  const int exponentBits = (*numbers)[0], mantissaBits = (*numbers)[1];
  if (exponentBits < 1 || exponentBits > maxExponentBits)
    fail("format '{}' has {} exponent bits (1 to {} are possible)", name.text, exponentBits, maxExponentBits);
  if (mantissaBits < 1 || mantissaBits > maxMantissaBits)
    fail("format '{}' has {} mantissa bits (1 to {} are possible; bl<W> has none)", name.text, mantissaBits,
         maxMantissaBits);
  return makeBlockFormat(name, fmt::format("bmf<{},{}>", exponentBits, mantissaBits),
                         std::make_shared<MinifloatElement>(exponentBits, mantissaBits));
}

} // namespace

FormatFamily bmfFamily() {
  return {"bmf",
          "bmf<E,M>[:RxC]",
          "block minifloats: 1 + E + M bits, E 1 to 6, M 1 to 8, a shared exponent bias for each block (1x32)",
          parse,
          [] {
            return std::vector<std::string>{"bmf<4,3>", "bmf<3,4>", "bmf<5,2>", "bmf<2,5>",
                                            "bmf<3,2>", "bmf<2,3>", "bmf<2,1>", "bmf<1,2>"};
          },
          [] {
            return std::vector<std::string>{"bmf<4,3>:16x2/e5", "bmf<1,1>:1x16", "bmf<6,8>", "bmf<3,2>@mx-ext"};
          }};
}

} // namespace mase
