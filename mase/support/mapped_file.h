// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A file mapped into memory, read-only: opening a model copies nothing.
///
/// Errors  InputError when the file is missing, is not a regular file or cannot be mapped.
/// Thread-safe once constructed.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace mase {

class MappedFile {
public:
  explicit MappedFile(const std::filesystem::path &path);
  ~MappedFile();
  MappedFile(MappedFile &&other) noexcept;
  MappedFile &operator=(MappedFile &&) = delete;
  MappedFile(const MappedFile &) = delete;

  const std::filesystem::path &path() const { return path_; }
  std::span<const std::byte> bytes() const { return {data_, size_}; }

private:
  std::filesystem::path path_;
  const std::byte *data_ = nullptr;
  size_t size_ = 0;
};

/// Takes the pages that lie wholly in these bytes of a MappedFile out of the program's memory; who reads them again has
/// them read from the file again. For files that are larger than memory, of which each part is read once.
void releasePages(std::span<const std::byte> mapped);

/// The whole file as text. Errors as MappedFile.
std::string readTextFile(const std::filesystem::path &path);

} // namespace mase
