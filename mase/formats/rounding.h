// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The arithmetic that turns a block of fp32 into a scale and elements.
///
/// `ocp`, the default, is the specification: exact floor(log2), exact ties to even. The others are bit-equal with
/// published emulators, faults included, so that their figures can be repeated:
///   mx-cpu    microsoft/microxcaling's PyTorch path: fp32 steps, log2 that rounds up just under powers of two
///   mx-ext    the same project's CUDA/C++ extension: exact
///   mase      the published MASE quantisers
/// The mx ones round half away from zero as that project does by default; `-even` and `-floor` are its other two, and
/// `-flush` makes zero of blocks whose largest magnitude is subnormal. Immutable, thread-safe, one object a name.
#pragma once

#include "mase/formats/element.h"
#include "mase/formats/scale.h"

#include <span>
#include <string_view>
#include <vector>

namespace mase {

class Rounding {
public:
  virtual ~Rounding() = default;

  /// As in a format's name behind the `@`.
  virtual std::string_view name() const = 0;
  /// Whether it is defined for these.
  virtual bool takes(const Element &element, const Scale &scale) const { return true; }
  /// Quantises one block: represented values to `y` (as long as `x`), the scale's code as the result. Every value is
  /// an element times that scale, or NaN throughout when the code is NaN's.
  virtual uint32_t quantize(std::span<const float> x, std::span<float> y, const Element &element, const Scale &scale,
                            uint32_t outer) const = 0;
};

/// All there are; the default is the first.
const std::vector<const Rounding *> &roundings();

/// The largest magnitude of a block: NaN when it holds one.
float largestMagnitude(std::span<const float> x);

// One function a file; rounding.cpp lists them.
const Rounding &ocpRounding();
std::vector<const Rounding *> mxRoundings();
const Rounding &maseRounding();

} // namespace mase
