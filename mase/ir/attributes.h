// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Attributes of the dialect: HwAttr, `#mase.hw<ip = "linear", tile = [32, 4]>`.
///
/// An operator's `hw` is absent until the mapping writes it. Its presence makes verifiers stricter: what hardware
/// cannot do in the same bits as software (design.md, law 3) is refused there, and only there.
#pragma once

#include "mase/ir/dialect.h"

#define GET_ATTRDEF_CLASSES
#include "mase/ir/attributes.h.inc"
