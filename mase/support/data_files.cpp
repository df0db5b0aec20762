// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/support/data_files.h"

#include "mase/support/error.h"

#include <cstdlib>
#include <string>

namespace fs = std::filesystem;

namespace mase {

std::vector<fs::path> dataRoots() {
  std::vector<fs::path> roots;
  auto add = [&roots](const fs::path &root) {
    std::error_code ignored;
    if (fs::is_directory(root, ignored))
      roots.push_back(root.lexically_normal());
  };
  if (const char *named = std::getenv("MASE_DATA"); named && *named)
    add(named);
  std::error_code error;
  fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    add(program.parent_path() / "../..");
    add(program.parent_path() / "../share/mase");
  }
  return roots;
}

std::optional<fs::path> findDataFile(const fs::path &relative) {
  for (const fs::path &root : dataRoots())
    if (std::error_code ignored; fs::exists(root / relative, ignored))
      return root / relative;
  return std::nullopt;
}

fs::path dataFile(const fs::path &relative) {
  if (std::optional<fs::path> found = findDataFile(relative))
    return *found;
  std::string roots;
  for (const fs::path &root : dataRoots())
    roots += (roots.empty() ? "" : ", ") + root.string();
  fail("{}: not among the program's data files in {} (MASE_DATA names their folder)", relative.string(), roots);
}

} // namespace mase
