// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/element_table.h"

#include <cassert>
#include <limits>

namespace mase {
namespace {

// The greatest magnitude between those of neighbours that still becomes the inner one: magnitudes order as their bit
// patterns do.
double lastOf(const Element &element, double inner, double outer) {
  auto stays = std::bit_cast<uint64_t>(std::fabs(inner)), leaves = std::bit_cast<uint64_t>(std::fabs(outer));
  while (leaves - stays > 1) {
    const uint64_t middle = stays + (leaves - stays) / 2;
    const double v = std::copysign(std::bit_cast<double>(middle), outer);
    (element.round(v, Ties::even) == inner ? stays : leaves) = middle;
  }
  return std::copysign(std::bit_cast<double>(stays), outer);
}

} // namespace

size_t ElementTable::indexOf(double v) const {
  size_t index = 0;
  for (size_t step = values.size() / 2; step > 0; step /= 2) {
    const double boundary = boundaries[index + step - 1];
    if (boundary < 0 ? v >= boundary : v > boundary)
      index += step;
  }
  return index;
}

ElementTable makeElementTable(const Element &element) {
  ElementTable table;
  std::vector<std::pair<double, uint32_t>> entries;
  for (uint32_t code = 0; code < 1U << element.bits(); ++code)
    if (element.isCode(code))
      entries.emplace_back(element.decode(code), code);
  assert(entries.size() >= 2 && entries.size() <= 256);
  std::sort(entries.begin(), entries.end());
  table.levels = std::max(static_cast<int>(std::bit_width(entries.size() - 1)), ElementTable::minLevels);
  entries.resize(size_t{1} << table.levels, entries.back());
  table.smallest = std::numeric_limits<double>::infinity();
  for (size_t k = 0; k < entries.size(); ++k) {
    const double value = entries[k].first;
    table.values.push_back(value);
    table.codes.push_back(entries[k].second);
    table.isExact = table.isExact && static_cast<float>(value) == value;
    if (value != 0)
      table.smallest = std::min(table.smallest, std::fabs(value));
    if (k + 1 == entries.size() || entries[k + 1].first == value) {
      table.boundaries.push_back(std::numeric_limits<double>::infinity());
      continue;
    }
    const double next = entries[k + 1].first;
    table.boundaries.push_back(value < 0 ? lastOf(element, next, value) : lastOf(element, value, next));
    table.isApart = table.isApart && next - value >= 0x1p-20 * std::max(std::fabs(value), std::fabs(next));
  }
  return table;
}

} // namespace mase
