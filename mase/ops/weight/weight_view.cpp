// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/weight/weight_view.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace mase {
namespace {

/// Along the axis that rows are taken of: elements of a vector, rows of a matrix (columns of what is stored
/// transposed).
int64_t storedAlong(const WeightView &view) { return view.transposed ? view.stored[1] : view.stored[0]; }

int64_t place(const WeightView &view, int64_t row) {
  return view.run == 0 ? row : view.first + row / view.run * view.stride + row % view.run;
}

} // namespace

std::string WeightView::key() const {
  return fmt::format("{} {} {} {} {} {} {} {}", fmt::join(shape, "x"), fmt::join(stored, "x"), transposed, first, run,
                     stride, times, plus);
}

WeightView weightView(const OperatorDescription &weight, const std::vector<int64_t> &shape) {
  using Numbers = std::vector<int64_t>;
  WeightView view;
  view.shape = shape;
  view.stored = weight.attributeOr("stored", shape);
  view.transposed = weight.attributeOr("transposed", false);
  if (const Numbers rows = weight.attributeOr("rows", Numbers{}); rows.size() == 3)
    view.first = rows[0], view.run = rows[1], view.stride = rows[2];
  view.times = weight.attributeOr("times", 1.0);
  view.plus = weight.attributeOr("plus", 0.0);
  return view;
}

std::string whyNotAView(const WeightView &view) {
  const std::vector<int64_t> &shape = view.shape, &stored = view.stored;
  if (shape == stored && !view.transposed && view.run == 0)
    return {};
  if (shape.size() != stored.size() || shape.empty() || shape.size() > 2 || (view.transposed && shape.size() != 2))
    return fmt::format("a weight of {} dimensions out of {}", shape.size(), stored.size());
  if (shape.size() == 2 && shape[1] != stored[view.transposed ? 0 : 1])
    return fmt::format("rows of {} numbers out of a tensor that is {}", shape[1], fmt::join(stored, "x"));
  const int64_t along = storedAlong(view);
  const bool fits = view.run == 0
                        ? shape[0] == along
                        : view.first >= 0 && view.first <= along && view.run > 0 && view.run <= along - view.first &&
                              view.stride >= view.run && shape[0] % view.run == 0 &&
                              shape[0] / view.run - 1 <= (along - view.first - view.run) / view.stride;
  if (!fits)
    return fmt::format("{} rows of a tensor that is {} do not begin at {}, {} of each {}", shape[0],
                       fmt::join(stored, "x"), view.first, view.run, view.stride);
  return {};
}

namespace {

// Where each number of the weight lies in the stored tensor, row by row.
template <typename Visit>
void visitPlaces(const WeightView &view, const Visit &visit) {
  const int64_t rows = view.shape[0], cols = view.shape.size() == 1 ? 1 : view.shape[1];
  const int64_t width = view.transposed ? view.stored[1] : cols;
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t from = place(view, r);
    for (int64_t c = 0; c < cols; ++c)
      visit(static_cast<size_t>(r * cols + c),
            static_cast<size_t>(view.transposed ? c * width + from : from * width + c));
  }
}

} // namespace

std::vector<float> viewed(const WeightView &view, std::vector<float> stored) {
  std::vector<float> result = std::move(stored);
  if (view.shape != view.stored || view.transposed || view.run != 0) {
    std::vector<float> chosen(static_cast<size_t>(view.shape[0] * (view.shape.size() == 1 ? 1 : view.shape[1])));
    visitPlaces(view, [&](size_t weight, size_t stored) { chosen[weight] = result[stored]; });
    result = std::move(chosen);
  }
  if (view.times != 1 || view.plus != 0)
    for (float &value : result)
      value = value * static_cast<float>(view.times) + static_cast<float>(view.plus);
  return result;
}

void putBack(const WeightView &view, std::span<const float> weight, std::span<float> stored) {
  const auto times = static_cast<float>(view.times), plus = static_cast<float>(view.plus);
  visitPlaces(view, [&](size_t from, size_t to) { stored[to] = (weight[from] - plus) / times; });
}

} // namespace mase
