// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/embedding/bit_true.h"

#include <cassert>

namespace mase {

BlockIntegers embeddingRows(const BlockIntegers &table, std::span<const int32_t> ids) {
  const bool isStatic = table.exponent.size() == 1 && table.block != BlockShape{};
  BlockIntegers rows = {static_cast<int64_t>(ids.size()), table.cols, table.block, {}, {}};
  if (isStatic) {
    rows.block.rows = std::max<int64_t>(rows.rows, 1);
    rows.exponent = table.exponent;
  }
  auto append = [](auto &to, const auto &from, int64_t row, int64_t width) {
    to.insert(to.end(), from.begin() + row * width, from.begin() + (row + 1) * width);
  };
  for (int32_t id : ids) {
    assert(id >= 0 && id < table.rows);
    append(rows.q, table.q, id, table.cols);
    if (!table.shift.empty())
      append(rows.shift, table.shift, id, table.cols);
    if (!isStatic)
      append(rows.exponent, table.exponent, id, table.blocksPerRow());
  }
  return rows;
}

} // namespace mase
