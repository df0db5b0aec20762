// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// For tests of the readers: what a reader says when it refuses, and a folder to write bad models into.
///
/// Included by tests only. refusalOf() lets every exception but InputError through, so that a test fails on it.
#pragma once

#include "mase/support/error.h"

#include <filesystem>
#include <functional>
#include <string>
#include <unistd.h>

namespace mase {

/// The InputError's text, or "accepted".
inline std::string refusalOf(const std::function<void()> &reader) {
  try {
    reader();
  } catch (const InputError &error) {
    return error.what();
  }
  return "accepted";
}

/// A folder of this process's own that goes with the object.
class ScratchFolder {
public:
  explicit ScratchFolder(const char *name)
      : path_(std::filesystem::temp_directory_path() / fmt::format("mase-{}-{}", name, getpid())) {
    std::filesystem::create_directories(path_);
  }
  ~ScratchFolder() { std::filesystem::remove_all(path_); }
  ScratchFolder(const ScratchFolder &) = delete;
  ScratchFolder &operator=(const ScratchFolder &) = delete;
  std::filesystem::path operator/(const std::string &name) const { return path_ / name; }
  const std::filesystem::path &path() const { return path_; }

private:
  std::filesystem::path path_;
};

/// A safetensors file's content: the length of the header, the header, the data.
inline std::string safetensorsOf(const std::string &header, const std::string &data) {
  std::string file(8, '\0');
  for (size_t i = 0; i < 8; ++i)
    file[i] = static_cast<char>(header.size() >> (8 * i) & 0xFF);
  return file + header + data;
}

} // namespace mase
