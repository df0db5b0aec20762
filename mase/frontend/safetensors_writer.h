// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Writes a safetensors file tensor by tensor: the header first, as all sizes are known, then each tensor at its place,
/// in any order. Memory: what the caller holds.
///
/// Tensors lie by width of their elements, widest first, then by name, behind a header of a multiple of 8 bytes: each
/// is aligned to its elements. The same tensors give the same file. Not thread-safe. Errors  InputError when the file
/// cannot be written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace mase {

struct TensorEntry {
  std::string name, dtype; ///< the dtype as safetensors names it
  std::vector<int64_t> shape;
  int64_t bytes = 0;
};

class SafetensorsWriter {
public:
  /// Names are unique.
  SafetensorsWriter(const std::filesystem::path &path, const std::map<std::string, std::string> &metadata,
                    std::vector<TensorEntry> tensors);
  /// The tensor's bytes, as many as its entry says. Once for each tensor.
  void write(const std::string &name, std::span<const std::byte> bytes);
  /// Call when all tensors are written.
  void finish();

private:
  void check();

  std::filesystem::path path_;
  std::ofstream stream_;
  std::map<std::string, std::pair<int64_t, int64_t>> places_; // begin in the file, bytes
};

} // namespace mase
