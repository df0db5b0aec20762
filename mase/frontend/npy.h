// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// NumPy's .npy files of fp32, for tensors that come from or go to Python.
///
/// Read: format versions 1 and 2, little-endian float32 ('<f4'), row-major. Written: version 1. A file of another type
/// or order is refused, never converted without notice.
/// Source  the format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mase {

struct NpyArray {
  std::vector<int64_t> shape; ///< empty for a scalar
  std::vector<float> values;  ///< row-major, as many as the shape's product
};

/// Errors  InputError: no .npy file, another type or order, a size that disagrees with the shape.
NpyArray readNpy(const std::filesystem::path &file);
/// The same from the file's bytes; `file` is what errors start with.
NpyArray parseNpy(std::string_view file, std::string_view bytes);

/// The file's bytes: write them with writeFile(). The same array gives the same bytes.
std::string npyBytes(const NpyArray &array);

} // namespace mase
