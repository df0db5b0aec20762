// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The formats that a linear computes with as integers: MXInt in blocks of 1 x 32.
///
/// The one place that says so; the integer model, the hardware and its memories ask here. Thread-safe.
#pragma once

#include "mase/formats/mxint/mxint.h"

namespace mase {

/// `format` as MXInt. `role` is "input", "weight" or "output", for the error's text.
/// Errors  InputError when it is another family, another block, or missing.
const MxInt &mxintOperand(const Format *format, const char *role);

} // namespace mase
