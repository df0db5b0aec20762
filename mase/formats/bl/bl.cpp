// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/bl/bl.h"

#include "mase/formats/bl/log_element.h"
#include "mase/formats/block_format.h"
#include "mase/support/error.h"

namespace mase {
namespace {

constexpr int minBits = 3, maxBits = 8;

std::unique_ptr<Format> parse(const FormatName &name) {
  std::optional<int> bits = numberBehind(name.head, "bl");
  if (!bits)
    return nullptr;
  if (*bits < minBits || *bits > maxBits)
    fail("format '{}' has elements of {} bits ({} to {} are possible)", name.text, *bits, minBits, maxBits);
  return makeBlockFormat(name, fmt::format("bl{}", *bits), std::make_shared<LogElement>(*bits));
}

} // namespace

FormatFamily blFamily() {
  return {"bl",
          "bl<W>[:RxC]",
          "block logarithms: sign and power of two, 3 to 8 bits, a shared exponent bias for each block (1x32)",
          parse,
          [] {
            std::vector<std::string> names;
            for (int bits = minBits; bits <= maxBits; ++bits)
              names.push_back(fmt::format("bl{}", bits));
            return names;
          },
          [] {
            return std::vector<std::string>{"bl4:16x2", "bl5:1x7/e7", "bl8:row"};
          }};
}

} // namespace mase
