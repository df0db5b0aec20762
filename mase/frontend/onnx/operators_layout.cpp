// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators that only move elements, known or computed.
#include "mase/frontend/onnx/evaluator.h"

#include "mase/frontend/safetensors.h"

#include <algorithm>
#include <numeric>

namespace mase::onnx {
namespace {

/// An input whose elements are moved: small weights as their numbers.
Value elementsOfInput(const Step &step, size_t i) { return step.input(i).isWeight() ? step.known(i) : step.input(i); }

/// The same elements in another shape. A weight stays one where its axes are the same but for those of size 1.
void reshaped(Step &step, Shape shape) {
  const Value &value = step.input(0);
  Shape before = value.shape, after = shape;
  std::erase(before, 1), std::erase(after, 1);
  if (elementsOf(shape) != value.elements())
    step.refuse(fmt::format("turns {} into {}, which has other elements", shapeText(value.shape), shapeText(shape)));
  Value result = value.isWeight() && (value.transposed || before != after) ? step.known(0) : value;
  result.shape = std::move(shape);
  step.result(result);
}

void reshape(Step &step) {
  const Shape &from = step.input(0).shape;
  Shape shape = step.integers(1);
  if (shape.size() > 16)
    step.refuse("makes a tensor of too many axes");
  int64_t rest = elementsOf(from), open = -1;
  for (size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] == 0 && step.attribute("allowzero", 0) == 0) {
      if (d >= from.size())
        step.refuse("keeps an axis that is not there");
      shape[d] = from[d];
    }
    if (shape[d] < -1 || (shape[d] == -1 && open >= 0) || shape[d] > int64_t{1} << 44)
      step.refuse(fmt::format("has no sensible shape: {}", shapeText(shape)));
    if (shape[d] == -1)
      open = static_cast<int64_t>(d);
    else if (shape[d] > 0 && rest % shape[d] == 0)
      rest /= shape[d];
    else if (rest != 0)
      step.refuse(fmt::format("turns {} into {}, which has other elements", shapeText(from), shapeText(shape)));
  }
  if (open >= 0)
    shape[static_cast<size_t>(open)] = rest;
  step.room(Shape{});
  reshaped(step, std::move(shape));
}

void unsqueeze(Step &step) {
  const Shape &from = step.input(0).shape;
  const auto added = step.has(1) ? std::ssize(step.integers(1)) : 0;
  const std::vector<int64_t> axes = step.axes(1, std::ssize(from) + added);
  Shape shape = from;
  for (const int64_t axis : axes)
    shape.insert(shape.begin() + axis, 1);
  if (shape.size() > 16)
    step.refuse("makes a tensor of too many axes");
  reshaped(step, std::move(shape));
}

void squeeze(Step &step) {
  const Shape &from = step.input(0).shape;
  std::vector<int64_t> axes = step.axes(1, std::ssize(from));
  if (!step.has(1))
    for (int64_t d = 0; d < std::ssize(from); ++d)
      if (from[static_cast<size_t>(d)] == 1)
        axes.push_back(d);
  Shape shape;
  for (int64_t d = 0; d < std::ssize(from); ++d)
    if (std::ranges::find(axes, d) == axes.end())
      shape.push_back(from[static_cast<size_t>(d)]);
  reshaped(step, std::move(shape));
}

void flatten(Step &step) {
  const Shape &from = step.input(0).shape;
  const int64_t rank = std::ssize(from), axis = step.attribute("axis", 1);
  if (axis < -rank || axis > rank)
    step.refuse(fmt::format("has axis {} of a tensor of {} axes", axis, rank));
  const auto middle = from.begin() + (axis < 0 ? axis + rank : axis);
  reshaped(step, {elementsOf(Shape(from.begin(), middle)), elementsOf(Shape(middle, from.end()))});
}

void identity(Step &step) { step.result(step.input(0)); }

void transpose(Step &step) {
  const Value &value = step.input(0);
  const size_t rank = value.shape.size();
  std::vector<int64_t> order(rank);
  std::iota(order.rbegin(), order.rend(), 0);
  if (const Attribute *given = step.find("perm"))
    order = given->integers;
  std::vector<int64_t> sorted = order;
  std::ranges::sort(sorted);
  for (size_t d = 0; d < std::max(rank, sorted.size()); ++d)
    if (sorted.size() != rank || sorted[d] != static_cast<int64_t>(d))
      step.refuse("has a perm that is no order of the axes");
  Shape shape(rank), steps(rank), from(rank);
  for (size_t d = rank; d-- > 0;)
    steps[d] = d + 1 < rank ? steps[d + 1] * value.shape[d + 1] : 1;
  for (size_t d = 0; d < rank; ++d)
    shape[d] = value.shape[static_cast<size_t>(order[d])], from[d] = steps[static_cast<size_t>(order[d])];
  if (value.isWeight() && rank == 2 && order[0] == 1) {
    Value turned = value;
    turned.shape = shape;
    turned.transposed = !value.transposed;
    return step.result(turned);
  }
  std::vector<int64_t> places(step.room(shape));
  for (size_t i = 0; i < places.size(); ++i)
    for (size_t d = rank, rest = i; d-- > 0; rest /= static_cast<size_t>(shape[d]))
      places[i] += static_cast<int64_t>(rest % static_cast<size_t>(shape[d])) * from[d];
  step.result(moved(elementsOfInput(step, 0), shape, places));
}

/// Along one axis the places `at` of it.
Value along(const Step &step, const Value &value, size_t axis, const std::vector<int64_t> &at) {
  Shape shape = value.shape;
  shape[axis] = std::ssize(at);
  const int64_t inner = elementsOf(Shape(value.shape.begin() + static_cast<int64_t>(axis) + 1, value.shape.end()));
  std::vector<int64_t> places(step.room(shape));
  for (size_t i = 0; i < places.size(); ++i) {
    const auto place = static_cast<int64_t>(i);
    const int64_t outer = place / inner / std::ssize(at);
    places[i] =
        (outer * value.shape[axis] + at[static_cast<size_t>(place / inner % std::ssize(at))]) * inner + place % inner;
  }
  return moved(value, shape, places);
}

void slice(Step &step) {
  Value value = elementsOfInput(step, 0);
  const std::vector<int64_t> starts = step.integers(1), ends = step.integers(2);
  std::vector<int64_t> axes(starts.size()), by(starts.size(), 1);
  std::iota(axes.begin(), axes.end(), 0);
  if (step.has(3))
    axes = step.integers(3);
  if (step.has(4))
    by = step.integers(4);
  if (ends.size() != starts.size() || axes.size() != starts.size() || by.size() != starts.size())
    step.refuse("has starts, ends, axes and steps that do not agree");
  for (size_t i = 0; i < starts.size(); ++i) {
    const auto axis = static_cast<size_t>(step.axis(axes[i], std::ssize(value.shape)));
    const int64_t size = value.shape[axis];
    if (by[i] < 1)
      step.refuse("steps backwards, which is not read");
    const auto place = [&](int64_t at) { return std::clamp(at < 0 ? at + size : at, int64_t{0}, size); };
    std::vector<int64_t> at;
    for (int64_t p = place(starts[i]); p < place(ends[i]); p += std::min(by[i], size))
      at.push_back(p);
    value = along(step, value, axis, at);
  }
  step.result(value);
}

void split(Step &step) {
  const Value value = elementsOfInput(step, 0);
  const auto axis = static_cast<size_t>(step.axis(step.attribute("axis", 0), std::ssize(value.shape)));
  const auto parts = std::ssize(step.node().outputs);
  std::vector<int64_t> sizes(static_cast<size_t>(parts), (value.shape[axis] + parts - 1) / parts);
  if (step.has(1))
    sizes = step.integers(1);
  else
    sizes.back() = value.shape[axis] - (parts - 1) * sizes.back();
  int64_t begin = 0;
  for (const int64_t size : sizes) {
    if (size < 0 || size > value.shape[axis] - begin || std::ssize(sizes) != parts)
      step.refuse("has parts that do not add up to its input");
    begin += size;
  }
  if (begin != value.shape[axis])
    step.refuse("has parts that do not add up to its input");
  begin = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    std::vector<int64_t> at(static_cast<size_t>(sizes[i]));
    std::iota(at.begin(), at.end(), begin);
    begin += sizes[i];
    step.result(along(step, value, axis, at), i);
  }
}

/// Elements of several values, chosen one by one: (which, place).
Value chosen(const std::vector<Value> &values, Shape shape, const std::vector<std::pair<size_t, int64_t>> &from) {
  if (std::ranges::all_of(values, &Value::isKnown)) {
    std::vector<double> numbers;
    numbers.reserve(from.size());
    for (const auto &[which, place] : from)
      numbers.push_back(values[which].at(place).constant);
    return Value::known(std::move(shape), std::move(numbers), values[0].element);
  }
  Forms forms;
  forms.reserve(from.size());
  for (const auto &[which, place] : from)
    forms.push_back(values[which].at(place));
  return Value::of(std::move(shape), std::move(forms));
}

void concat(Step &step) {
  std::vector<Value> values;
  for (size_t i = 0; i < step.inputs(); ++i)
    values.push_back(elementsOfInput(step, i));
  if (values.empty())
    step.refuse("has no input 0");
  const auto axis = static_cast<size_t>(step.axis(step.attribute("axis", 0), std::ssize(values[0].shape)));
  // Empty caches stand in front of keys and values.
  std::erase_if(values, [&](const Value &v) {
    return values.size() > 1 && v.shape.size() == values[0].shape.size() && v.shape[axis] == 0;
  });
  if (values.empty())
    return step.result(step.input(0));
  Shape shape = values[0].shape;
  shape[axis] = 0;
  for (const Value &value : values) {
    Shape other = value.shape;
    if (other.size() == shape.size())
      other[axis] = shape[axis];
    if (other != shape)
      step.refuse("joins tensors that do not agree");
    shape[axis] += value.shape[axis];
  }
  if (values.size() == 1)
    return step.result(values[0]);
  const int64_t inner = elementsOf(Shape(shape.begin() + static_cast<int64_t>(axis) + 1, shape.end()));
  const int64_t outer = elementsOf(Shape(shape.begin(), shape.begin() + static_cast<int64_t>(axis)));
  std::vector<std::pair<size_t, int64_t>> from;
  from.reserve(step.room(shape));
  for (int64_t o = 0; o < outer; ++o)
    for (size_t v = 0; v < values.size(); ++v)
      for (int64_t i = 0, run = values[v].shape[axis] * inner; i < run; ++i)
        from.emplace_back(v, o * run + i);
  step.result(chosen(values, shape, from));
}

void spreadTo(Step &step, const Shape &wanted) {
  const Value value = elementsOfInput(step, 0);
  const std::optional<Shape> shape = broadcast(value.shape, wanted);
  if (!shape)
    step.refuse(fmt::format("spreads {} to {}", shapeText(value.shape), shapeText(wanted)));
  step.room(*shape);
  step.result(moved(value, *shape, spread(value.shape, *shape)));
}

void expand(Step &step) {
  const Shape wanted = step.integers(1);
  step.room(wanted);
  spreadTo(step, wanted);
}

void tile(Step &step) {
  Value value = elementsOfInput(step, 0);
  const std::vector<int64_t> repeats = step.integers(1);
  if (repeats.size() != value.shape.size())
    step.refuse("has not one number of repeats for each axis");
  for (size_t d = 0; d < repeats.size(); ++d) {
    step.room({repeats[d], value.shape[d]});
    std::vector<int64_t> at;
    for (int64_t i = 0; i < repeats[d] * value.shape[d]; ++i)
      at.push_back(i % value.shape[d]);
    value = along(step, value, d, at);
  }
  step.result(value);
}

int64_t placeOn(const Step &step, int64_t at, int64_t size) {
  if (at < -size || at >= size)
    step.refuse(fmt::format("reads place {} of an axis of {}", at, size));
  return at < 0 ? at + size : at;
}

void gather(Step &step) {
  const Value &value = step.input(0), &at = step.input(1);
  const auto axis = static_cast<size_t>(step.axis(step.attribute("axis", 0), std::ssize(value.shape)));
  Shape shape(value.shape.begin(), value.shape.begin() + static_cast<int64_t>(axis));
  shape.insert(shape.end(), at.shape.begin(), at.shape.end());
  shape.insert(shape.end(), value.shape.begin() + static_cast<int64_t>(axis) + 1, value.shape.end());
  if (shape.size() > 16)
    step.refuse("makes a tensor of too many axes");
  if (value.isWeight() && value.shape.size() == 2 && axis == 0) {
    if (at.isComputed())
      return step.result(step.source("Embedding", shape, {at, value}));
    step.room(at.shape);
    std::vector<double> rows;
    for (const int64_t place : step.integers(1))
      rows.push_back(static_cast<double>(placeOn(step, place, value.shape[0])));
    return step.result(
        step.source("Rows", shape, {Value::known(at.shape, std::move(rows), Value::Element::integer), value}));
  }
  std::vector<int64_t> places = step.integers(1);
  for (int64_t &place : places)
    place = placeOn(step, place, value.shape[axis]);
  Value result = along(step, elementsOfInput(step, 0), axis, places);
  result.shape = shape;
  step.result(result);
}

void gatherNd(Step &step) {
  const Value value = elementsOfInput(step, 0);
  const std::vector<int64_t> at = step.integers(1);
  const Shape &by = step.input(1).shape;
  if (step.attribute("batch_dims", 0) != 0 || by.empty() || by.back() < 1 || by.back() > std::ssize(value.shape))
    step.refuse("has batch_dims, or places that do not fit its input");
  const auto depth = static_cast<size_t>(by.back());
  Shape shape(by.begin(), by.end() - 1);
  shape.insert(shape.end(), value.shape.begin() + by.back(), value.shape.end());
  const int64_t inner = elementsOf(Shape(value.shape.begin() + by.back(), value.shape.end()));
  std::vector<int64_t> places(step.room(shape));
  for (size_t i = 0; i < places.size(); ++i) {
    const size_t tuple = i / static_cast<size_t>(inner) * depth;
    int64_t place = 0;
    for (size_t d = 0; d < depth; ++d)
      place = place * value.shape[d] + placeOn(step, at[tuple + d], value.shape[d]);
    places[i] = place * inner + static_cast<int64_t>(i) % inner;
  }
  step.result(moved(value, shape, places));
}

/// A tensor with some of its elements or rows taken from another, as caches and positions are filled in.
void scatterNd(Step &step) {
  const std::vector<Value> values = {elementsOfInput(step, 0), elementsOfInput(step, 2)};
  const std::vector<int64_t> at = step.integers(1);
  const Shape &shape = values[0].shape, by = step.input(1).shape;
  if (step.text("reduction", "none") != "none" || by.empty() || by.back() < 1 || by.back() > std::ssize(shape))
    step.refuse("has a reduction, or places that do not fit its input");
  const auto depth = static_cast<size_t>(by.back());
  const int64_t inner = elementsOf(Shape(shape.begin() + by.back(), shape.end()));
  const auto tuples = static_cast<int64_t>(at.size() / depth);
  if (values[1].elements() != tuples * inner)
    step.refuse("has places that do not fit its input");
  std::vector<std::pair<size_t, int64_t>> from(step.room(shape));
  for (size_t i = 0; i < from.size(); ++i)
    from[i] = {0, static_cast<int64_t>(i)};
  step.room(values[1].shape);
  for (int64_t t = 0; t < tuples; ++t) {
    int64_t place = 0;
    for (size_t d = 0; d < depth; ++d)
      place = place * shape[d] + placeOn(step, at[static_cast<size_t>(t) * depth + d], shape[d]);
    for (int64_t i = 0; i < inner; ++i)
      from[static_cast<size_t>(place * inner + i)] = {1, t * inner + i};
  }
  step.result(chosen(values, shape, from));
}

void gatherElements(Step &step) {
  const Value value = elementsOfInput(step, 0);
  const std::vector<int64_t> at = step.integers(1);
  const Shape shape = step.input(1).shape;
  const auto axis = static_cast<size_t>(step.axis(step.attribute("axis", 0), std::ssize(value.shape)));
  bool fits = shape.size() == value.shape.size();
  for (size_t d = 0; fits && d < shape.size(); ++d)
    fits = d == axis || shape[d] <= value.shape[d];
  if (!fits)
    step.refuse("has places that do not fit its input");
  std::vector<int64_t> places(step.room(shape));
  for (size_t i = 0; i < places.size(); ++i) {
    Shape where(shape.size());
    for (size_t d = shape.size(), rest = i; d-- > 0; rest /= static_cast<size_t>(shape[d]))
      where[d] = static_cast<int64_t>(rest % static_cast<size_t>(shape[d]));
    where[axis] = placeOn(step, at[i], value.shape[axis]);
    for (size_t d = 0; d < shape.size(); ++d)
      places[i] = places[i] * value.shape[d] + where[d];
  }
  step.result(moved(value, shape, places));
}

/// softmax guarded against rows that see nothing: NaN is replaced, which never comes up.
bool isGuard(const Step &step, const Value &condition, const Value &otherwise) {
  if (!condition.isComputed() || condition.forms || !otherwise.isComputed() || otherwise.forms)
    return false;
  const Source &source = step.evaluator().source(condition.source);
  return source.op == "IsNaN" && !source.operands[0].forms && source.operands[0].source == otherwise.source;
}

void where(Step &step) {
  if (isGuard(step, step.input(0), step.input(2)))
    return step.result(step.input(2));
  const Value condition = step.known(0);
  const std::vector<Value> values = {elementsOfInput(step, 1), elementsOfInput(step, 2)};
  std::optional<Shape> shape = broadcast(values[0].shape, values[1].shape);
  if (shape)
    shape = broadcast(condition.shape, *shape);
  if (!shape)
    step.refuse(fmt::format("has operands that do not agree: {} and {}", shapeText(values[0].shape),
                            shapeText(values[1].shape)));
  step.room(*shape);
  const std::vector<int64_t> ifs = spread(condition.shape, *shape), a = spread(values[0].shape, *shape),
                             b = spread(values[1].shape, *shape);
  std::vector<std::pair<size_t, int64_t>> from;
  for (size_t i = 0; i < ifs.size(); ++i)
    from.emplace_back(condition.at(ifs[i]).constant != 0 ? std::pair(size_t{0}, a[i]) : std::pair(size_t{1}, b[i]));
  step.result(chosen(values, *shape, from));
}

} // namespace

const std::map<std::string_view, Operator> &layoutOperators() {
  static const std::map<std::string_view, Operator> table = {
      {"Reshape", reshape},     {"Unsqueeze", unsqueeze}, {"Squeeze", squeeze},
      {"Flatten", flatten},     {"Identity", identity},   {"Dropout", identity},
      {"Transpose", transpose}, {"Slice", slice},         {"Split", split},
      {"Concat", concat},       {"Expand", expand},       {"Tile", tile},
      {"Gather", gather},       {"GatherND", gatherNd},   {"GatherElements", gatherElements},
      {"ScatterND", scatterNd}, {"Where", where}};
  return table;
}

} // namespace mase::onnx
