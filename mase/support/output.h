// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Outputs appear by rename when they are complete: a killed command leaves nothing half-written.
///
/// Errors  InputError when the place cannot be written. Not thread-safe.
#pragma once

#include <filesystem>
#include <string_view>

namespace mase {

/// Writes `text` to `path`, creating its parent folders; an existing file is replaced in one step.
void writeFile(const std::filesystem::path &path, std::string_view text);

/// A folder that is filled under a temporary name beside its place and takes its name with commit().
/// Without commit() the destructor removes it. An existing folder at `path` is replaced by commit().
class OutputDirectory {
public:
  explicit OutputDirectory(const std::filesystem::path &path);
  ~OutputDirectory();
  OutputDirectory(const OutputDirectory &) = delete;
  OutputDirectory &operator=(const OutputDirectory &) = delete;

  /// Where to write until commit().
  const std::filesystem::path &staging() const { return staging_; }
  void commit();

private:
  std::filesystem::path path_, staging_;
};

} // namespace mase
