// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What the operators of an ONNX graph are written with: the values so far, and how new ones are made.
///
/// One function for each operator, in the tables of operators_known.cpp (numbers), operators_layout.cpp (what only
/// moves elements) and operators_arithmetic.cpp. Internal to this folder. Errors  InputError that names the node.
#pragma once

#include "mase/frontend/onnx/evaluation.h"
#include "mase/support/error.h"

#include <functional>

namespace mase::onnx {

class Evaluator;

/// A node while it is evaluated.
class Step {
public:
  Step(Evaluator &evaluator, const Node &node) : evaluator_(evaluator), node_(node) {}

  const Node &node() const { return node_; }
  size_t inputs() const { return node_.inputs.size(); }
  bool has(size_t i) const { return i < node_.inputs.size() && !node_.inputs[i].empty(); }
  const Value &input(size_t i) const;
  /// The numbers of an input: a weight's are read if it is small. Errors  it is computed, or large.
  Value known(size_t i) const;
  std::vector<int64_t> integers(size_t i) const;
  int64_t integer(size_t i) const;

  int64_t attribute(const char *name, int64_t otherwise) const;
  double number(const char *name, double otherwise) const;
  std::string text(const char *name, const char *otherwise) const;
  const Attribute *find(const char *name) const;
  /// Of input i's axes; negative ones count from behind.
  int64_t axis(int64_t axis, int64_t rank) const;
  /// Axes from input `i` (from opset `since` on) or the attribute, sorted; `none` if there are none.
  std::vector<int64_t> axes(size_t i, int64_t rank) const;

  void result(Value value, size_t output = 0);
  /// A new source of that shape, whole.
  Value source(const char *op, Shape shape, std::vector<Value> operands, double number = 0);

  /// The node for errors: "FILE: node "NAME" (TYPE)".
  std::string place() const;
  [[noreturn]] void refuse(const std::string &why) const;

  Evaluator &evaluator() { return evaluator_; }
  const Evaluator &evaluator() const { return evaluator_; }

  /// Counts elements that are about to be made against what the file justifies; returns them.
  size_t room(const Shape &shape) const;

private:
  Evaluator &evaluator_;
  const Node &node_;
};

class Evaluator {
public:
  Evaluator(const File &file, const EvaluationOptions &options);
  Evaluation run();
  const Source &source(int32_t number) const { return result_.sources[static_cast<size_t>(number)]; }
  const EvaluationOptions &options() const { return options_; }
  int32_t ids() const { return result_.ids; }

private:
  friend class Step;
  void inputs();
  const File &file_;
  EvaluationOptions options_;
  Evaluation result_;
  std::map<std::string, Value> values_;
  mutable int64_t room_ = 0;
};

using Operator = void (*)(Step &);
/// The operators of each file, by ONNX's names.
const std::map<std::string_view, Operator> &knownOperators();
const std::map<std::string_view, Operator> &layoutOperators();
const std::map<std::string_view, Operator> &arithmeticOperators();

/// The shape that both are spread to, or nothing if they do not agree.
std::optional<Shape> broadcast(const Shape &a, const Shape &b);
/// For each element of `to` the element of `from` that stands there. `from` is spread to `to`.
std::vector<int64_t> spread(const Shape &from, const Shape &to);
/// Elements `from` of a value that is known or computed, in that order, as a value of that shape.
Value moved(const Value &value, Shape shape, const std::vector<int64_t> &from);

/// Elementwise operators, of numbers: a and b.
using Binary = double (*)(double, double);
Value onNumbers(const Step &step, const Value &a, const Value &b, Binary function, Value::Element element);

} // namespace mase::onnx
