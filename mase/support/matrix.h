// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Views of row-major matrices that somebody else owns.
///
/// Copied like pointers; a view is valid as long as what it looks at. Rows may lie further apart than they are long.
#pragma once

#include <cassert>
#include <cstdint>
#include <type_traits>

namespace mase {

template <typename T>
struct MatrixViewOf {
  T *data = nullptr;
  int64_t rows = 0, cols = 0;
  int64_t stride = 0; // elements from one row to the next, at least cols

  MatrixViewOf() = default;
  MatrixViewOf(T *data, int64_t rows, int64_t cols, int64_t stride = -1)
      : data(data), rows(rows), cols(cols), stride(stride < 0 ? cols : stride) {}
  /// A view to read through.
  operator MatrixViewOf<const T>() const requires(!std::is_const_v<T>) { return {data, rows, cols, stride}; }

  T *row(int64_t r) const {
    assert(r >= 0 && r < rows);
    return data + r * stride;
  }
};

using MatrixView = MatrixViewOf<float>;
using ConstMatrixView = MatrixViewOf<const float>;

} // namespace mase
