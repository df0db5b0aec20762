// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// fp32: what a tensor is before anybody quantises it. The identity of every operation on formats.
#pragma once

#include "mase/formats/registry.h"

namespace mase {

/// Its one member has 32 bits an element and no scale; it never rounds, NaN and infinities included.
/// The object itself is fp32() of format.h, so that a format can be compared with it by address.
FormatFamily fp32Family();

} // namespace mase
