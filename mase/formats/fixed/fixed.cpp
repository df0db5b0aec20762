// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/fixed/fixed.h"

#include "mase/support/error.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace mase {

Fixed::Fixed(int width, int fraction) : width_(width), fraction_(fraction) {}

std::string Fixed::name() const { return fmt::format("fixed<{},{}>", width_, fraction_); }

void Fixed::fakeQuantize(ConstMatrixView x, MatrixView y) const {
  const double high = std::ldexp(1.0, width_ - 1) - 1, low = -std::ldexp(1.0, width_ - 1);
  for (int64_t r = 0; r < x.rows; ++r)
    for (int64_t c = 0; c < x.cols; ++c) {
      double value = x.row(r)[c];
      if (std::isnan(value)) {
        y.row(r)[c] = std::numeric_limits<float>::quiet_NaN();
        continue;
      }
      double q = std::clamp(std::nearbyint(std::ldexp(value, fraction_)), low, high);
      y.row(r)[c] = static_cast<float>(std::ldexp(q, -fraction_));
    }
}

FormatFamily fixedFamily() {
  return {"fixed", "fixed<W,F>", "W-bit integers, 2 to 24 bits, with F fraction bits: one static scale a tensor",
          [](std::string_view name) -> std::unique_ptr<Format> {
            int width = 0, fraction = 0, used = 0;
            std::string text(name);
            if (std::sscanf(text.c_str(), "fixed<%d,%d>%n", &width, &fraction, &used) != 2 ||
                static_cast<size_t>(used) != text.size())
              return nullptr;
            if (width < 2 || width > 24)
              fail("format '{}' has elements of {} bits (2 to 24 are possible)", name, width);
            if (fraction < -32 || fraction > 32)
              fail("format '{}' has {} fraction bits (-32 to 32 are possible)", name, fraction);
            return std::make_unique<Fixed>(width, fraction);
          },
          [] {
            return std::vector<std::string>{"fixed<8,4>", "fixed<24,12>", "fixed<2,0>", "fixed<16,-3>"};
          }};
}

} // namespace mase
