// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Rounding `mase` of block minifloats: bit-equal with the published block_minifloat.
///
/// Its shared bias has the wrong sign: it is floor(log2 max), and never below zero, where 2^E - 1 less that would use
/// the range. So small values, weights above all, fall into the subnormals or to zero. Mantissas that round up saturate
/// inside their octave in place of carrying into the next. Source  its outputs; no code of it was read.
#pragma once

#include "mase/formats/rounding.h"

namespace mase {

const Rounding &maseBlockMinifloat();

} // namespace mase
