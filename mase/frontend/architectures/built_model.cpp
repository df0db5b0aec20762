// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/built_model.h"

namespace mase {

std::filesystem::path BuiltModel::directoryOf(const char *model) {
  return std::filesystem::path(MASE_SOURCE_DIR) / "models" / model;
}

} // namespace mase
