// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Rounding `mase` of block logarithms: bit-equal with the published block_log.
///
/// Logarithms round to the nearest whole number, so that the boundary between 1 and 2 is 1.41 and not 1.5. Zero stays
/// zero; what is under the smallest element becomes it, as there is no logarithm of zero.
/// Source  its outputs; no code of it was read.
#pragma once

#include "mase/formats/rounding.h"

namespace mase {

const Rounding &maseBlockLog();

} // namespace mase
