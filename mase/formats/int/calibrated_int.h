// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Integers whose scale was found once, on a text, and stands in the name: `int8/0.0262`.
///
/// The step between neighbours has 13 significant bits (F12); its canonical text is the shortest decimal that gives
/// them. Static, so that activations of hardware can have it: docs/formats.md F17.
#pragma once

#include "mase/formats/format_name.h"
#include "mase/formats/static_integer.h"

#include <memory>

namespace mase {

class CalibratedInt final : public StaticInteger {
public:
  /// `step` has 13 significant bits: roundedStep gives such.
  CalibratedInt(int bits, double step);
  std::string name() const override;

  /// The nearest of 13 significant bits, ties to even. The step is positive, from 2^-100 to 2^100.
  static double roundedStep(double step);

private:
  double step_;
};

/// The name of the format of `bits` bits whose largest element is `magnitude`, or the least step where that is smaller.
std::string calibratedIntName(int bits, double magnitude);

/// Of a name whose scale is a number.
/// Errors  InputError when it is no number in range, or block or rounding are given.
std::unique_ptr<Format> parseCalibratedInt(const FormatName &name, int bits);

} // namespace mase
