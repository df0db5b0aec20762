// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/support/temporary_folder.h"

#include "mase/support/error.h"

#include <cstdlib>

namespace mase {

TemporaryFolder::TemporaryFolder(const std::string &name) {
  std::error_code ignored;
  const std::filesystem::path base = std::filesystem::temp_directory_path(ignored);
  std::string pattern = ((base.empty() ? "/tmp" : base) / (name + "-XXXXXX")).string();
  if (!mkdtemp(pattern.data()))
    fail("{}: cannot be made (a writable folder for temporary files is needed; TMPDIR names another)", pattern);
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

} // namespace mase
