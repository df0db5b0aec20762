// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Plain floats: fp32, bf16, fp16 and any fp<E,M>, without a shared scale.
///
/// As IEEE 754 has them: round to nearest even, overflow to infinity, subnormals, infinities and NaN kept (F11). No
/// integer view: they are not hardware operands. fp32, the identity of every operation on formats, is fp32() of
/// format.h, so that a format can be compared with it by address; bf16 is fp<8,7>, fp16 is fp<5,10>.
#pragma once

#include "mase/formats/registry.h"

namespace mase {

FormatFamily floatFamily();

} // namespace mase
