// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/fixed/fixed.h"

#include "mase/support/error.h"

namespace mase {

std::string Fixed::name() const { return fmt::format("fixed<{},{}>", elementBits(), fractionBits()); }

FormatFamily fixedFamily() {
  return {"fixed",
          "fixed<W,F>",
          "W-bit integers, 2 to 24 bits, with F fraction bits: one static scale a tensor",
          [](const FormatName &name) -> std::unique_ptr<Format> {
            const std::optional<std::vector<int>> numbers = numbersInBrackets(name.head, "fixed", 2);
            if (!numbers || !name.isPlain())
              return nullptr;
            const int width = (*numbers)[0], fraction = (*numbers)[1];
            if (width < 2 || width > 24)
              fail("format '{}' has elements of {} bits (2 to 24 are possible)", name.text, width);
            if (fraction < -32 || fraction > 32)
              fail("format '{}' has {} fraction bits (-32 to 32 are possible)", name.text, fraction);
            return std::make_unique<Fixed>(width, fraction);
          },
          [] {
            return std::vector<std::string>{"fixed<8,4>", "fixed<16,8>", "fixed<24,12>"};
          },
          [] {
            return std::vector<std::string>{"fixed<2,0>", "fixed<16,-3>"};
          }};
}

} // namespace mase
