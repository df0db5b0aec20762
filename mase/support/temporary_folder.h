// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A folder of one's own for files that other programs or libraries want by name; it goes with the object.
///
/// Below $TMPDIR, else /tmp.
#pragma once

#include <filesystem>
#include <string>

namespace mase {

class TemporaryFolder {
public:
  /// name  begins the folder's name
  /// Errors  InputError when it cannot be made.
  explicit TemporaryFolder(const std::string &name);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder &) = delete;
  TemporaryFolder &operator=(const TemporaryFolder &) = delete;
  const std::filesystem::path &path() const { return path_; }

private:
  std::filesystem::path path_;
};

} // namespace mase
