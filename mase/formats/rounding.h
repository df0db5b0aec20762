// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The arithmetic that turns a block of fp32 into a scale and elements.
///
/// `ocp`, the default, is the specification: exact floor(log2), exact ties to even. The others are bit-equal with
/// published emulators, faults included (F16), so that their figures can be repeated:
///   mx-cpu    microsoft/microxcaling's PyTorch path: fp32 steps, log2 that rounds up just under powers of two
///   mx-ext    the same project's CUDA/C++ extension: exact
///   mase      the published MASE quantisers: block_fp (mxint), block_minifloat (bmf), block_log (bl)
///   mase-mxint    the same project's mxint quantiser
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
  /// Whether values may come out that are no element times a scale: such arithmetic has no codec and no integers.
  virtual bool isEmulationOnly() const { return false; }
  /// Quantises one block: represented values to `y` (as long as `x`), the scale's code as the result. Every value is
  /// an element times that scale (unless isEmulationOnly), or NaN throughout when the code is NaN's.
  virtual uint32_t quantize(std::span<const float> x, std::span<float> y, const Element &element, const Scale &scale,
                            uint32_t outer) const = 0;
};

/// All there are; the default is the first. Of those that share a name each takes other elements.
const std::vector<const Rounding *> &roundings();

/// The largest magnitude of a block: NaN when it holds one.
float largestMagnitude(std::span<const float> x);

/// floor(log2 x), or ceil, as PyTorch finds it on a CPU: the logarithm is rounded to fp32 first, so that just under 2^k
/// it is k. x > 0.
float roundedLog2(float x);

// One function a file; rounding.cpp lists them.
const Rounding &ocpRounding();
std::vector<const Rounding *> mxRoundings();

} // namespace mase
