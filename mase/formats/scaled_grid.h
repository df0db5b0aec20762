// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What a kernel must know of a format to quantise straight into another form than fp32 (Format::scaledGrid).
///
/// The formats this describes are most of the algebra: each block has a power of two as its scale, 2^s with
/// s = floor(log2 of the largest magnitude) - floor(log2 of the largest element), and a value divided by it goes to the
/// nearest number of a grid, ties to even, and not beyond the largest. A number v lies on the grid when it is a
/// multiple of 2^(max(floor(log2 v), minExponent) - mantissaBits).
#pragma once

namespace mase {

struct ScaledGrid {
  int minExponent = 0;  // below 2^minExponent the step stays: subnormals, or the whole range of integers
  int mantissaBits = 0; // bits right of the leading one
  double largest = 0;
  int minScale = 0, maxScale = 0; // s is limited to these
};

} // namespace mase
