// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/rounding.h"

#include <limits>

namespace mase {
namespace {

class Ocp final : public Rounding {
public:
  std::string_view name() const override { return "ocp"; }

  uint32_t quantize(std::span<const float> x, std::span<float> y, const Element &element, const Scale &scale,
                    uint32_t outer) const override {
    const uint32_t code = scale.choose(largestMagnitude(x), element, outer);
    const double value = scale.value(code, outer);
    for (size_t i = 0; i < x.size(); ++i)
      y[i] = code == scale.nanCode() ? std::numeric_limits<float>::quiet_NaN()                              // F5
                                     : static_cast<float>(element.round(x[i] / value, Ties::even) * value); // F3, F4
    return code;
  }
};

} // namespace

const Rounding &ocpRounding() {
  static const Ocp rounding;
  return rounding;
}

} // namespace mase
