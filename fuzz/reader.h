// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What the fuzz targets share: an input is read, or refused by an InputError that can be shown in one line of a
/// terminal; anything else is a finding.
///
/// Readers that take a path get a file that lives in memory. Each target is one LLVMFuzzerTestOneInput; `make fuzz`
/// runs all of them over the corpora beside this file (docs/testing.md).
#pragma once

#include "mase/support/error.h"
#include "mase/support/one_line.h"

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

namespace mase::fuzz {

inline std::string_view textOf(const uint8_t *data, size_t size) {
  return {reinterpret_cast<const char *>(data), size};
}

/// Always 0, as a target returns it.
inline int read(const std::function<void()> &reader) {
  try {
    reader();
  } catch (const InputError &error) {
    if (oneLine(error.what()).empty())
      std::abort();
  }
  return 0;
}

/// A file of these bytes, which goes with the next one. It has the same path each time.
inline std::filesystem::path fileOf(const uint8_t *data, size_t size) {
  static const int file = memfd_create("fuzz", 0);
  if (file < 0 || ftruncate(file, 0) != 0 || pwrite(file, data, size, 0) != static_cast<ssize_t>(size))
    std::abort();
  return "/proc/self/fd/" + std::to_string(file);
}

} // namespace mase::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
