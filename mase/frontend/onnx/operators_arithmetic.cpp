// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators that do arithmetic. On computed values sums with constants, products by constants and sums within one
// source stay forms; everything else becomes a source.
#include "mase/frontend/onnx/evaluator.h"

#include "mase/frontend/safetensors.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace mase::onnx {
namespace {

using Element = Value::Element;

/// An operand of elementwise arithmetic: a weight as its numbers, if it is small.
Value operand(const Step &step, size_t i) { return step.input(i).isWeight() ? step.known(i) : step.input(i); }

Shape together(const Step &step, const Value &a, const Value &b) {
  const std::optional<Shape> shape = broadcast(a.shape, b.shape);
  if (!shape)
    step.refuse(fmt::format("has operands that do not agree: {} and {}", shapeText(a.shape), shapeText(b.shape)));
  step.room(*shape);
  return *shape;
}

Value wide(const Value &value, const Shape &shape) {
  return value.shape == shape ? value : moved(value, shape, spread(value.shape, shape));
}

/// Each element times a known one.
Value scaled(const Step &step, const Value &value, const Value &by) {
  const Shape shape = together(step, value, by);
  const std::vector<int64_t> ofValue = spread(value.shape, shape), ofBy = spread(by.shape, shape);
  Forms forms(ofValue.size());
  for (size_t i = 0; i < forms.size(); ++i) {
    const double factor = by.at(ofBy[i]).constant;
    const Form form = value.at(ofValue[i]);
    size_t kept = 0;
    for (Term term : form.terms)
      if (term.source >= 0 && factor != 0) {
        term.factor *= factor;
        forms[i].terms[kept++] = term;
      }
    forms[i].constant = factor == 0 ? 0 : form.constant * factor;
  }
  return Value::of(shape, std::move(forms));
}

Value scaled(const Step &step, const Value &value, double by) {
  return by == 1 ? value : scaled(step, value, Value::known({}, {by}, Element::number));
}

/// The value over a factor that makes the first element's terms a vector of length 1, and that factor.
std::pair<Value, double> withoutFactor(const Step &step, const Value &value) {
  if (!value.forms || value.forms->empty())
    return {value, 1};
  const Form &first = value.forms->front();
  const double factor = std::hypot(first.terms[0].factor, first.terms[1].factor);
  return factor == 0 || !std::isfinite(factor) || std::abs(factor - 1) < 1e-9
             ? std::pair(value, 1.0)
             : std::pair(scaled(step, value, 1 / factor), factor);
}

std::set<int32_t> sourcesOf(const Value &value) {
  if (!value.forms)
    return {value.source};
  std::set<int32_t> sources;
  int32_t last = -1;
  for (const Form &form : *value.forms)
    for (const Term &term : form.terms)
      if (term.source >= 0 && term.source != last)
        sources.insert(last = term.source);
  return sources;
}

/// a + b as one form; nothing if it has more than two terms.
std::optional<Form> sum(const Form &a, const Form &b) {
  Form result = a;
  result.constant += b.constant;
  for (const Term &term : b.terms) {
    if (term.source < 0)
      continue;
    auto same = std::ranges::find_if(result.terms, [&](const Term &t) {
      return t.source < 0 || (t.source == term.source && t.index == term.index);
    });
    if (same == result.terms.end())
      return std::nullopt;
    const double factor = same->source < 0 ? 0 : same->factor;
    *same = term;
    same->factor += factor;
  }
  return result;
}

Value added(Step &step, const Value &a, const Value &b) {
  const Shape shape = together(step, a, b);
  const Value left = wide(a, shape), right = wide(b, shape);
  std::set<int32_t> sources = sourcesOf(a);
  if (b.isComputed())
    sources.merge(sourcesOf(b));
  if (a.isKnown() || b.isKnown() || sources.size() <= 1) {
    Forms forms;
    forms.reserve(static_cast<size_t>(left.elements()));
    for (int64_t i = 0; i < left.elements(); ++i) {
      const std::optional<Form> form = sum(left.at(i), right.at(i));
      if (!form)
        break;
      forms.push_back(*form);
    }
    if (std::ssize(forms) == left.elements())
      return Value::of(shape, std::move(forms));
  }
  return step.source("Add", shape, {left, right});
}

bool isSame(const Value &a, const Value &b) {
  return a.isComputed() && b.isComputed() && a.shape == b.shape &&
         (a.forms && b.forms ? *a.forms == *b.forms : !a.forms && !b.forms && a.source == b.source);
}

Value multiplied(Step &step, const Value &a, const Value &b) {
  if (isSame(a, b))
    return step.source("Square", a.shape, {a});
  for (const auto &[x, square] : {std::pair(a, b), std::pair(b, a)})
    if (!square.forms && step.evaluator().source(square.source).op == "Square" &&
        isSame(x, step.evaluator().source(square.source).operands[0]))
      return step.source("Cube", x.shape, {x});
  const Shape shape = together(step, a, b);
  const auto [left, ofLeft] = withoutFactor(step, wide(a, shape));
  const auto [right, ofRight] = withoutFactor(step, wide(b, shape));
  return scaled(step, step.source("Mul", shape, {left, right}), ofLeft * ofRight);
}

/// Whether the weight is a vector along the last axis of the value.
bool isAlongRows(const Value &value, const Value &weight) {
  if (!value.isComputed() || !weight.isWeight() || weight.shape.size() > value.shape.size() || weight.transposed)
    return false;
  return !weight.shape.empty() && weight.shape.back() == value.shape.back() &&
         elementsOf(weight.shape) == weight.shape.back();
}

/// x op vector, either way round; false if it is not that.
bool withVector(Step &step, const char *op) {
  for (const auto &[x, vector] : {std::pair(0, 1), std::pair(1, 0)})
    if (const Value &value = step.input(static_cast<size_t>(x)), &weight = step.input(static_cast<size_t>(vector));
        isAlongRows(value, weight)) {
      const auto [plain, factor] = withoutFactor(step, value);
      const bool scales = std::string_view(op) == "MulWeight";
      step.result(scaled(step, step.source(op, value.shape, {scales ? plain : value, weight}), scales ? factor : 1));
      return true;
    }
  return false;
}

double plus(double a, double b) { return a + b; }
double minus(double a, double b) { return a - b; }
double times(double a, double b) { return a * b; }
double over(double a, double b) { return a / b; }
double wholeOver(double a, double b) { return b == 0 ? 0 : std::trunc(a / b); }
double equal(double a, double b) { return a == b; }
double power(double a, double b) { return std::pow(a, b); }

void add(Step &step) {
  if (withVector(step, "AddWeight"))
    return;
  const Value a = operand(step, 0), b = operand(step, 1);
  step.result(a.isKnown() && b.isKnown() ? onNumbers(step, a, b, plus, a.element) : added(step, a, b));
}

void subtract(Step &step) {
  const Value a = operand(step, 0), b = operand(step, 1);
  if (a.isKnown() && b.isKnown())
    return step.result(onNumbers(step, a, b, minus, a.element));
  step.result(added(step, a, scaled(step, b, Value::known({}, {-1}, Element::number))));
}

void multiply(Step &step) {
  if (withVector(step, "MulWeight"))
    return;
  const Value a = operand(step, 0), b = operand(step, 1);
  step.result(a.isKnown() && b.isKnown() ? onNumbers(step, a, b, times, a.element)
              : a.isKnown()              ? scaled(step, b, a)
              : b.isKnown()              ? scaled(step, a, b)
                                         : multiplied(step, a, b));
}

void divide(Step &step) {
  const Value a = operand(step, 0), b = operand(step, 1);
  if (a.isKnown() && b.isKnown())
    return step.result(onNumbers(step, a, b, a.element == Element::integer ? wholeOver : over, a.element));
  const Value one = Value::known({}, {1}, Element::number);
  if (b.isKnown())
    return step.result(scaled(step, a, onNumbers(step, one, b, over, Element::number)));
  const Value inverse = step.source("Reciprocal", b.shape, {b});
  step.result(a.isKnown() ? scaled(step, inverse, a) : multiplied(step, a, inverse));
}

void raise(Step &step) {
  const Value a = operand(step, 0), b = step.known(1);
  if (a.isKnown())
    return step.result(onNumbers(step, a, b, power, a.element));
  const double exponent = b.elements() == 1 ? b.at(0).constant : 0;
  if (exponent == 2)
    step.result(step.source("Square", a.shape, {a}));
  else if (exponent == 3)
    step.result(step.source("Cube", a.shape, {a}));
  else if (exponent == 0.5)
    step.result(step.source("Sqrt", a.shape, {a}));
  else if (exponent == -0.5)
    step.result(step.source("Reciprocal", a.shape, {step.source("Sqrt", a.shape, {a})}));
  else
    step.refuse("raises to a power that is not read (2, 3, 0.5 and -0.5 are)");
}

void equals(Step &step) {
  // Texts have no padding: that is what the attention mask of ones says, too.
  for (const auto &[ids, id] : {std::pair(size_t{0}, size_t{1}), std::pair(size_t{1}, size_t{0})}) {
    const Value &value = step.input(ids), &other = step.input(id);
    if (value.isComputed() && !value.forms && value.source == step.evaluator().ids() && other.isKnown() &&
        other.elements() == 1 && other.at(0).constant == static_cast<double>(step.evaluator().options().padding))
      return step.result(Value::known(value.shape, std::vector<double>(step.room(value.shape), 0), Element::boolean));
  }
  step.result(onNumbers(step, step.known(0), step.known(1), equal, Element::boolean));
}

void negate(Step &step) {
  const Value value = operand(step, 0), minusOne = Value::known({}, {-1}, Element::number);
  step.result(value.isKnown() ? onNumbers(step, value, minusOne, times, value.element) : scaled(step, value, minusOne));
}

double root(double a) { return std::sqrt(a); }
double inverse(double a) { return 1 / a; }
double notANumber(double a) { return std::isnan(a); }
double hyperbolic(double a) { return std::tanh(a); }

/// A function of each element: of numbers where they are known, else the source of that name.
template <double (*function)(double)>
void each(Step &step) {
  const Value value = operand(step, 0);
  if (!value.isKnown())
    return step.result(step.source(step.node().op.c_str(), value.shape, {value}));
  std::vector<double> numbers = *value.numbers;
  step.room(value.shape);
  for (double &number : numbers)
    number = function(number);
  step.result(Value::known(value.shape, std::move(numbers), value.element));
}

/// The same of functions that only computed values meet.
void eachComputed(Step &step) {
  const Value &value = step.input(0);
  if (!value.isComputed())
    step.refuse("works on what does not depend on the text");
  std::string name = step.node().op;
  if (name == "Gelu") {
    const std::string approximate = step.text("approximate", "none");
    if (approximate != "none" && approximate != "tanh")
      step.refuse("has an approximation that is not read (none, tanh)");
    name = approximate == "tanh" ? "GeluTanh" : "Gelu";
  }
  step.result(step.source(name.c_str(), value.shape, {value}));
}

void cast(Step &step) {
  const Value &value = step.input(0);
  const auto to = static_cast<DataType>(step.attribute("to", 0));
  const Element element = isFloat(to) ? Element::number : to == DataType::boolean ? Element::boolean : Element::integer;
  if (!value.isKnown()) {
    if (element == Element::boolean || (element == Element::integer) != (value.element == Element::integer))
      step.refuse("turns what depends on the text into integers, or the other way round");
    return step.result(value);
  }
  std::vector<double> numbers = *value.numbers;
  step.room(value.shape);
  for (double &number : numbers)
    number = element == Element::number ? number : element == Element::boolean ? number != 0 : std::trunc(number);
  step.result(Value::known(value.shape, std::move(numbers), element));
}

/// Over all given axes of numbers.
template <double (*function)(double, double)>
void reduce(Step &step) {
  const Value value = step.known(0);
  const int64_t rank = std::ssize(value.shape);
  const std::vector<int64_t> axes = step.axes(1, rank);
  Shape kept = value.shape;
  for (int64_t d = 0; d < rank; ++d)
    if (axes.empty() || std::ranges::find(axes, d) != axes.end())
      kept[static_cast<size_t>(d)] = 1;
  const std::vector<int64_t> to = spread(kept, value.shape);
  std::vector<double> numbers(step.room(kept));
  std::vector<bool> isThere(numbers.size());
  for (size_t i = 0; i < to.size(); ++i) {
    const auto place = static_cast<size_t>(to[i]);
    const double number = (*value.numbers)[i];
    numbers[place] = isThere[place] ? function(numbers[place], number) : number;
    isThere[place] = true;
  }
  Shape shape;
  for (int64_t d = 0; d < rank; ++d)
    if (step.attribute("keepdims", 1) != 0 || !(axes.empty() || std::ranges::find(axes, d) != axes.end()))
      shape.push_back(kept[static_cast<size_t>(d)]);
  step.result(Value::known(shape, std::move(numbers), value.element));
}

double most(double a, double b) { return std::max(a, b); }
double least(double a, double b) { return std::min(a, b); }

void onlyLastAxis(Step &step, const std::vector<int64_t> &axes, const Value &value) {
  if (!value.isComputed())
    step.refuse("works on what does not depend on the text");
  if (value.shape.empty() || value.shape.back() == 0 || axes.size() != 1 || axes[0] != std::ssize(value.shape) - 1)
    step.refuse("works along other axes than the last, which is not read");
}

void mean(Step &step) {
  const Value &value = step.input(0);
  onlyLastAxis(step, step.axes(1, std::ssize(value.shape)), value);
  Shape shape = value.shape;
  shape.back() = 1;
  Value result = step.source("Mean", shape, {value});
  if (step.attribute("keepdims", 1) == 0)
    result.shape.pop_back();
  step.result(result);
}

void softmax(Step &step) {
  const Value &value = step.input(0);
  const int64_t rank = std::ssize(value.shape);
  onlyLastAxis(step, {rank == 0 ? 0 : step.axis(step.attribute("axis", -1), rank)}, value);
  step.result(step.source("Softmax", value.shape, {value}));
}

/// Along the last axis, with the weights that stand in the other inputs.
template <size_t weights>
void normalization(Step &step) {
  const Value &value = step.input(0);
  const int64_t rank = std::ssize(value.shape);
  onlyLastAxis(step, {rank == 0 ? 0 : step.axis(step.attribute("axis", -1), rank)}, value);
  std::vector<Value> operands = {value};
  for (size_t i = 1; i <= weights; ++i) {
    if (!isAlongRows(value, step.input(i)))
      step.refuse("has weights that are no vectors of the file along the last axis");
    operands.push_back(step.input(i));
  }
  step.result(step.source(step.node().op.c_str(), value.shape, operands, step.number("epsilon", 1e-5)));
}

/// x (rows of `in`) times a weight of in x out.
Value linear(Step &step, const Value &x, const Value &matrix) {
  if (matrix.shape.size() != 2 || x.shape.empty() || x.shape.back() != matrix.shape[0])
    step.refuse(fmt::format("multiplies {} by {}", shapeText(x.shape), shapeText(matrix.shape)));
  Shape shape = x.shape;
  shape.back() = matrix.shape[1];
  return step.source("Linear", shape, {x, matrix});
}

void matmul(Step &step) {
  if (step.input(0).isComputed() && step.input(1).isWeight())
    return step.result(linear(step, step.input(0), step.input(1)));
  const Value a = operand(step, 0), b = operand(step, 1);
  const size_t n = a.shape.size(), m = b.shape.size();
  if (n < 2 || m < 2 || a.shape[n - 1] != b.shape[m - 2])
    step.refuse(fmt::format("multiplies {} by {}", shapeText(a.shape), shapeText(b.shape)));
  const Shape batchOfA(a.shape.begin(), a.shape.end() - 2), batchOfB(b.shape.begin(), b.shape.end() - 2);
  const std::optional<Shape> batch = broadcast(batchOfA, batchOfB);
  if (!batch || a.isKnown() != b.isKnown())
    step.refuse(fmt::format("multiplies {} by {}, one of them constant or of other batches", shapeText(a.shape),
                            shapeText(b.shape)));
  Shape left = *batch, right = *batch, shape = *batch;
  const int64_t rows = a.shape[n - 2], inner = a.shape[n - 1], cols = b.shape[m - 1];
  left.insert(left.end(), {rows, inner}), right.insert(right.end(), {inner, cols});
  shape.insert(shape.end(), {rows, cols});
  step.room(left), step.room(right);
  const Value wideA = wide(a, left), wideB = wide(b, right);
  if (!a.isKnown()) {
    const auto [x, ofX] = withoutFactor(step, wideA);
    const auto [y, ofY] = withoutFactor(step, wideB);
    return step.result(scaled(step, step.source("Product", shape, {x, y}), ofX * ofY));
  }
  std::vector<double> numbers(step.room(shape));
  step.room({std::ssize(numbers), inner});
  for (int64_t i = 0; i < std::ssize(numbers); ++i) {
    const int64_t row = i / cols, col = i % cols, first = row / rows * inner * cols;
    for (int64_t k = 0; k < inner; ++k)
      numbers[static_cast<size_t>(i)] += wideA.at(row * inner + k).constant * wideB.at(first + k * cols + col).constant;
  }
  step.result(Value::known(shape, std::move(numbers), a.element));
}

void gemm(Step &step) {
  Value matrix = step.input(1);
  const Value &x = step.input(0);
  if (!x.isComputed() || x.shape.size() != 2 || !matrix.isWeight() || matrix.shape.size() != 2 ||
      step.attribute("transA", 0) != 0 || step.number("alpha", 1) != 1 || (step.has(2) && step.number("beta", 1) != 1))
    step.refuse("is another product than rows times a weight (transA, alpha, beta)");
  if (step.attribute("transB", 0) != 0) {
    std::swap(matrix.shape[0], matrix.shape[1]);
    matrix.transposed = !matrix.transposed;
  }
  Value result = linear(step, x, matrix);
  if (step.has(2)) {
    if (!isAlongRows(result, step.input(2)))
      step.refuse("has a bias that is no vector of the file");
    result = step.source("AddWeight", result.shape, {result, step.input(2)});
  }
  step.result(result);
}

} // namespace

const std::map<std::string_view, Operator> &arithmeticOperators() {
  static const std::map<std::string_view, Operator> table = {{"Add", add},
                                                             {"Sub", subtract},
                                                             {"Mul", multiply},
                                                             {"Div", divide},
                                                             {"Pow", raise},
                                                             {"Neg", negate},
                                                             {"Equal", equals},
                                                             {"Cast", cast},
                                                             {"Sqrt", each<root>},
                                                             {"Reciprocal", each<inverse>},
                                                             {"IsNaN", each<notANumber>},
                                                             {"Tanh", each<hyperbolic>},
                                                             {"Erf", eachComputed},
                                                             {"Sigmoid", eachComputed},
                                                             {"Relu", eachComputed},
                                                             {"Gelu", eachComputed},
                                                             {"ReduceMax", reduce<most>},
                                                             {"ReduceMin", reduce<least>},
                                                             {"ReduceSum", reduce<plus>},
                                                             {"ReduceProd", reduce<times>},
                                                             {"ReduceMean", mean},
                                                             {"Softmax", softmax},
                                                             {"LayerNormalization", normalization<2>},
                                                             {"RMSNormalization", normalization<1>},
                                                             {"MatMul", matmul},
                                                             {"Gemm", gemm}};
  return table;
}

} // namespace mase::onnx
