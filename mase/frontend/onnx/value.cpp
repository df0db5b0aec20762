// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/onnx/evaluator.h"

#include <cassert>

namespace mase::onnx {

int64_t elementsOf(const Shape &shape) {
  // Without overflow: what has too many elements has the most.
  int64_t elements = 1;
  for (const int64_t size : shape)
    if (size == 0)
      return 0;
    else if (__builtin_mul_overflow(elements, size, &elements))
      elements = INT64_MAX / 2;
  return elements;
}

Form Value::at(int64_t i) const {
  assert(!isWeight() && i >= 0 && i < elements());
  if (isKnown())
    return {.terms = {}, .constant = (*numbers)[static_cast<size_t>(i)]};
  if (!forms)
    return {.terms = {Term{source, static_cast<int32_t>(i), 1}, Term{}}};
  return (*forms)[static_cast<size_t>(i)];
}

Value Value::known(Shape shape, std::vector<double> numbers, Element element) {
  assert(elementsOf(shape) == std::ssize(numbers));
  Value value;
  value.element = element;
  value.shape = std::move(shape);
  value.numbers = std::make_shared<const std::vector<double>>(std::move(numbers));
  return value;
}

Value Value::of(Shape shape, Forms forms) {
  assert(elementsOf(shape) == std::ssize(forms));
  Value value;
  value.kind = Kind::computed;
  value.shape = std::move(shape);
  value.forms = std::make_shared<const Forms>(std::move(forms));
  return value;
}

std::optional<Shape> broadcast(const Shape &a, const Shape &b) {
  Shape result(std::max(a.size(), b.size()));
  for (size_t i = 0; i < result.size(); ++i) {
    const int64_t x = i < a.size() ? a[a.size() - 1 - i] : 1, y = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (x != y && x != 1 && y != 1)
      return std::nullopt;
    result[result.size() - 1 - i] = x == 1 ? y : x;
  }
  return result;
}

std::vector<int64_t> spread(const Shape &from, const Shape &to) {
  assert(from.size() <= to.size());
  const size_t rank = to.size(), extra = rank - from.size();
  Shape steps(rank, 0);
  int64_t step = 1;
  for (size_t d = rank; d-- > extra;) {
    steps[d] = from[d - extra] == 1 ? 0 : step;
    step *= from[d - extra];
  }
  std::vector<int64_t> places(static_cast<size_t>(elementsOf(to)));
  Shape at(rank, 0);
  int64_t place = 0;
  for (int64_t &p : places) {
    p = place;
    for (size_t d = rank; d-- > 0;) {
      place += steps[d];
      if (++at[d] < to[d])
        break;
      place -= steps[d] * to[d];
      at[d] = 0;
    }
  }
  return places;
}

Value moved(const Value &value, Shape shape, const std::vector<int64_t> &from) {
  assert(elementsOf(shape) == std::ssize(from));
  if (value.isKnown()) {
    std::vector<double> numbers;
    numbers.reserve(from.size());
    for (const int64_t i : from)
      numbers.push_back((*value.numbers)[static_cast<size_t>(i)]);
    return Value::known(std::move(shape), std::move(numbers), value.element);
  }
  bool isSame = std::ssize(from) == value.elements();
  for (size_t i = 0; isSame && i < from.size(); ++i)
    isSame = from[i] == static_cast<int64_t>(i);
  if (isSame) {
    Value same = value;
    same.shape = std::move(shape);
    return same;
  }
  Forms forms;
  forms.reserve(from.size());
  for (const int64_t i : from)
    forms.push_back(value.at(i));
  return Value::of(std::move(shape), std::move(forms));
}

} // namespace mase::onnx
