// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/support/machine_memory.h"

#include <unistd.h>

namespace mase {

double memoryOfMachine() {
  return static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

} // namespace mase
