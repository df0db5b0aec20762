// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// MXFP: the five small floats of OCP Microscaling under a power-of-two scale of 8 bits a block.
///
/// Source  Rouhani et al., OCP Microscaling Formats (MX) Specification v1.0, 2023, sections 5.3.1 to 5.3.3.
/// Rules   docs/formats.md, F1 to F9. The codes for NaN and infinity of e4m3 and e5m2 are never produced: values beyond
///         the largest number saturate.
#pragma once

#include "mase/formats/registry.h"

namespace mase {

FormatFamily mxfpFamily();

} // namespace mase
