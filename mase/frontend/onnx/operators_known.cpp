// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators of numbers that are known: shapes, positions, masks, angles.
#include "mase/frontend/onnx/evaluator.h"

#include "mase/frontend/safetensors.h"

#include <algorithm>
#include <cmath>

namespace mase::onnx {

using Element = Value::Element;

Value onNumbers(const Step &step, const Value &a, const Value &b, Binary function, Element element) {
  const std::optional<Shape> shape = broadcast(a.shape, b.shape);
  if (!shape)
    step.refuse(fmt::format("has operands that do not agree: {} and {}", shapeText(a.shape), shapeText(b.shape)));
  std::vector<double> numbers(step.room(*shape));
  const std::vector<int64_t> ofA = spread(a.shape, *shape), ofB = spread(b.shape, *shape);
  for (size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = function((*a.numbers)[static_cast<size_t>(ofA[i])], (*b.numbers)[static_cast<size_t>(ofB[i])]);
  return Value::known(*shape, std::move(numbers), element);
}

namespace {

void constant(Step &step) {
  if (const Attribute *value = step.find("value"); value && value->tensor) {
    const StoredTensor &tensor = *value->tensor;
    Value result;
    result.shape = tensor.shape;
    if (isFloat(tensor.type) && tensor.elements > 1) {
      result.kind = Value::Kind::weight;
      result.weight = value->tensor;
    } else {
      step.room(tensor.shape);
      const Element element = isFloat(tensor.type)               ? Element::number
                              : tensor.type == DataType::boolean ? Element::boolean
                                                                 : Element::integer;
      result = Value::known(tensor.shape, numbersOf(tensor, int64_t{1} << 24), element);
    }
    return step.result(result);
  }
  if (const Attribute *value = step.find("value_int"); value && value->integer)
    return step.result(Value::known({}, {static_cast<double>(*value->integer)}, Element::integer));
  if (const Attribute *value = step.find("value_float"); value && value->number)
    return step.result(Value::known({}, {static_cast<double>(*value->number)}, Element::number));
  if (const Attribute *value = step.find("value_ints"))
    return step.result(Value::known({std::ssize(value->integers)}, {value->integers.begin(), value->integers.end()},
                                    Element::integer));
  if (const Attribute *value = step.find("value_floats"))
    return step.result(
        Value::known({std::ssize(value->numbers)}, {value->numbers.begin(), value->numbers.end()}, Element::number));
  step.refuse("has no value that is read (a tensor, integers or numbers)");
}

void shape(Step &step) {
  const Shape &all = step.input(0).shape;
  const int64_t rank = std::ssize(all);
  const auto place = [&](int64_t at) { return std::clamp(at < 0 ? at + rank : at, int64_t{0}, rank); };
  const int64_t begin = place(step.attribute("start", 0)), end = std::max(begin, place(step.attribute("end", rank)));
  const Shape part(all.begin() + begin, all.begin() + end);
  step.result(Value::known({end - begin}, {part.begin(), part.end()}, Element::integer));
}

void range(Step &step) {
  const Value start = step.known(0), limit = step.known(1), delta = step.known(2);
  if (start.elements() != 1 || limit.elements() != 1 || delta.elements() != 1 || delta.at(0).constant == 0)
    step.refuse("has no range (start, limit and a step that is not 0)");
  const double first = start.at(0).constant, by = delta.at(0).constant;
  const double count = std::clamp(std::ceil((limit.at(0).constant - first) / by), 0.0, 0x1p40);
  const Shape result = {std::isnan(count) ? int64_t{0} : static_cast<int64_t>(count)};
  std::vector<double> numbers(step.room(result));
  for (size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = first + by * static_cast<double>(i);
  step.result(Value::known(result, std::move(numbers), start.element));
}

void constantOfShape(Step &step) {
  const Shape result = step.integers(0);
  double number = 0;
  Element element = Element::number;
  if (const Attribute *value = step.find("value"); value && value->tensor && value->tensor->elements == 1) {
    number = numbersOf(*value->tensor, 1)[0];
    element = isFloat(value->tensor->type)               ? Element::number
              : value->tensor->type == DataType::boolean ? Element::boolean
                                                         : Element::integer;
  }
  step.result(Value::known(result, std::vector<double>(step.room(result), number), element));
}

void cumulativeSum(Step &step) {
  Value value = step.known(0);
  const auto axis = static_cast<size_t>(step.axis(step.integer(1), std::ssize(value.shape)));
  if (step.attribute("exclusive", 0) != 0 || step.attribute("reverse", 0) != 0)
    step.refuse("is exclusive or reverse, which is not read");
  std::vector<double> numbers = *value.numbers;
  step.room(value.shape);
  const int64_t inner = elementsOf(Shape(value.shape.begin() + static_cast<int64_t>(axis) + 1, value.shape.end()));
  const int64_t size = value.shape[axis];
  for (int64_t i = 0; i < std::ssize(numbers); ++i)
    if (i / inner % size > 0)
      numbers[static_cast<size_t>(i)] += numbers[static_cast<size_t>(i - inner)];
  step.result(Value::known(value.shape, std::move(numbers), value.element));
}

/// Upper or lower triangle of the last two axes.
void triangle(Step &step) {
  const Value value = step.known(0);
  const int64_t rank = std::ssize(value.shape), by = step.has(1) ? step.integer(1) : 0;
  if (rank < 2)
    step.refuse("has no matrix as input 0");
  const bool isUpper = step.attribute("upper", 1) != 0;
  const int64_t cols = value.shape.back(), rows = value.shape[static_cast<size_t>(rank - 2)];
  std::vector<double> numbers = *value.numbers;
  step.room(value.shape);
  for (int64_t i = 0; i < std::ssize(numbers); ++i) {
    const int64_t row = i / cols % rows, col = i % cols;
    if (isUpper ? col - row < by : col - row > by)
      numbers[static_cast<size_t>(i)] = 0;
  }
  step.result(Value::known(value.shape, std::move(numbers), value.element));
}

template <double (*function)(double, double), Element element>
void compare(Step &step) {
  step.result(onNumbers(step, step.known(0), step.known(1), function, element));
}

/// Of many operands.
template <double (*function)(double, double)>
void fold(Step &step) {
  Value value = step.known(0);
  for (size_t i = 1; i < step.inputs(); ++i)
    value = onNumbers(step, value, step.known(i), function, value.element);
  step.result(value);
}

template <double (*function)(double)>
void each(Step &step) {
  const Value value = step.known(0);
  std::vector<double> numbers = *value.numbers;
  step.room(value.shape);
  for (double &number : numbers)
    number = function(number);
  step.result(Value::known(value.shape, std::move(numbers), value.element));
}

double less(double a, double b) { return a < b; }
double lessOrEqual(double a, double b) { return a <= b; }
double greater(double a, double b) { return a > b; }
double greaterOrEqual(double a, double b) { return a >= b; }
double both(double a, double b) { return a != 0 && b != 0; }
double either(double a, double b) { return a != 0 || b != 0; }
double one(double a, double b) { return (a != 0) != (b != 0); }
double larger(double a, double b) { return std::max(a, b); }
double smaller(double a, double b) { return std::min(a, b); }
double negation(double a) { return a == 0; }
double cosine(double a) { return std::cos(a); }
double sine(double a) { return std::sin(a); }
double floorOf(double a) { return std::floor(a); }
double ceiling(double a) { return std::ceil(a); }
double absolute(double a) { return std::abs(a); }
double modulus(double a, double b) { return b == 0 ? 0 : a - std::floor(a / b) * b; }

} // namespace

const std::map<std::string_view, Operator> &knownOperators() {
  static const std::map<std::string_view, Operator> table = {
      {"Constant", constant},
      {"Shape", shape},
      {"Range", range},
      {"ConstantOfShape", constantOfShape},
      {"CumSum", cumulativeSum},
      {"Trilu", triangle},
      {"Less", compare<less, Element::boolean>},
      {"LessOrEqual", compare<lessOrEqual, Element::boolean>},
      {"Greater", compare<greater, Element::boolean>},
      {"GreaterOrEqual", compare<greaterOrEqual, Element::boolean>},
      {"And", compare<both, Element::boolean>},
      {"Or", compare<either, Element::boolean>},
      {"Xor", compare<one, Element::boolean>},
      {"Mod", compare<modulus, Element::integer>},
      {"Max", fold<larger>},
      {"Min", fold<smaller>},
      {"Not", each<negation>},
      {"Cos", each<cosine>},
      {"Sin", each<sine>},
      {"Floor", each<floorOf>},
      {"Ceil", each<ceiling>},
      {"Abs", each<absolute>}};
  return table;
}

} // namespace mase::onnx
