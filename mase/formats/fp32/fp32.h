// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// fp32: what a tensor is before anybody quantises it. The identity of every operation on formats.
#pragma once

#include "mase/formats/registry.h"

namespace mase {

FormatFamily fp32Family();

} // namespace mase
