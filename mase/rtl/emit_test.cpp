// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/emit.h"

#include <gmock/gmock.h>
