// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/onnx/evaluator.h"

#include "mase/frontend/json.h"
#include "mase/frontend/safetensors.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace mase::onnx {
namespace {

/// Weights of more elements are never read here; what must be known (angles, constants) is smaller.
constexpr int64_t mostKnown = int64_t{1} << 16;
/// Elements of one value; an int32 numbers them.
constexpr int64_t mostOfOne = int64_t{1} << 24;

bool startsWith(const std::string &name, std::initializer_list<const char *> beginnings) {
  return std::ranges::any_of(beginnings, [&](const char *text) { return name.starts_with(text); });
}

} // namespace

const Value &Step::input(size_t i) const {
  if (!has(i))
    refuse(fmt::format("has no input {}", i));
  return evaluator_.values_.at(node_.inputs[i]);
}

Value Step::known(size_t i) const {
  const Value &value = input(i);
  if (value.isKnown())
    return value;
  if (value.isComputed())
    refuse(fmt::format("needs the numbers of {}, which depend on the text", inQuotes(node_.inputs[i])));
  if (value.elements() > mostKnown)
    refuse(fmt::format("needs the numbers of {}, which is a large weight ({})", inQuotes(node_.inputs[i]),
                       shapeText(value.shape)));
  std::vector<double> numbers = numbersOf(*value.weight, mostKnown);
  if (value.transposed) {
    const auto rows = static_cast<size_t>(value.shape[0]), cols = static_cast<size_t>(value.shape[1]);
    std::vector<double> turned(numbers.size());
    for (size_t r = 0; r < rows; ++r)
      for (size_t c = 0; c < cols; ++c)
        turned[r * cols + c] = numbers[c * rows + r];
    numbers = std::move(turned);
  }
  return Value::known(value.shape, std::move(numbers), Value::Element::number);
}

std::vector<int64_t> Step::integers(size_t i) const {
  const Value value = known(i);
  std::vector<int64_t> result;
  for (const double number : *value.numbers)
    // Ends of slices are often the largest integer: not more than any size.
    result.push_back(static_cast<int64_t>(std::isnan(number) ? 0.0 : std::clamp(number, -0x1p62, 0x1p62)));
  return result;
}

int64_t Step::integer(size_t i) const {
  const std::vector<int64_t> all = integers(i);
  if (all.size() != 1)
    refuse(fmt::format("has {} numbers as input {} (1 is right)", all.size(), i));
  return all[0];
}

const Attribute *Step::find(const char *name) const {
  const auto found = node_.attributes.find(name);
  return found == node_.attributes.end() ? nullptr : &found->second;
}

int64_t Step::attribute(const char *name, int64_t otherwise) const {
  const Attribute *found = find(name);
  return found && found->integer ? *found->integer : otherwise;
}

double Step::number(const char *name, double otherwise) const {
  const Attribute *found = find(name);
  return found && found->number ? static_cast<double>(*found->number) : otherwise;
}

std::string Step::text(const char *name, const char *otherwise) const {
  const Attribute *found = find(name);
  return found && found->text ? *found->text : otherwise;
}

int64_t Step::axis(int64_t axis, int64_t rank) const {
  if (axis < -rank || axis >= rank)
    refuse(fmt::format("has axis {} of a tensor of {} axes", axis, rank));
  return axis < 0 ? axis + rank : axis;
}

std::vector<int64_t> Step::axes(size_t i, int64_t rank) const {
  std::vector<int64_t> found;
  if (has(i))
    found = integers(i);
  else if (const Attribute *attribute = find("axes"))
    found = attribute->integers;
  for (int64_t &one : found)
    one = axis(one, rank);
  std::ranges::sort(found);
  if (std::ranges::adjacent_find(found) != found.end())
    refuse("names an axis twice");
  return found;
}

void Step::result(Value value, size_t output) {
  if (output < node_.outputs.size() && !node_.outputs[output].empty())
    evaluator_.values_[node_.outputs[output]] = std::move(value);
}

size_t Step::room(const Shape &shape) const {
  int64_t elements = 1;
  for (const int64_t size : shape)
    if (size < 0 || size > mostOfOne || (elements *= size) > mostOfOne)
      refuse(fmt::format("makes a tensor that is too large ({})", shapeText(shape)));
  evaluator_.room_ -= elements;
  if (evaluator_.room_ < 0)
    refuse("makes more tensors than a model of this file's size has");
  return static_cast<size_t>(elements);
}

Value Step::source(const char *op, Shape shape, std::vector<Value> operands, double number) {
  Value value;
  value.kind = Value::Kind::computed;
  value.shape = shape;
  value.source = static_cast<int32_t>(evaluator_.result_.sources.size());
  // Their elements cost nothing until something moves them; but int32 numbers them.
  int64_t elements = 1;
  for (const int64_t size : shape)
    if (size > mostOfOne || (elements *= size) > mostOfOne)
      refuse(fmt::format("makes a tensor that is too large ({})", shapeText(shape)));
  evaluator_.result_.sources.push_back({op, place(), std::move(shape), std::move(operands), number});
  return value;
}

std::string Step::place() const {
  return fmt::format("{}: node {} ({}{}{})", evaluator_.file_.name(), inQuotes(node_.name), node_.domain,
                     node_.domain.empty() ? "" : ".", node_.op);
}

void Step::refuse(const std::string &why) const { throw InputError(fmt::format("{} {}", place(), why)); }

Evaluator::Evaluator(const File &file, const EvaluationOptions &options) : file_(file), options_(options) {
  int64_t bytes = 0;
  for (const auto &[name, tensor] : file.initializers())
    bytes += std::ssize(tensor->bytes) + 8 * std::ssize(tensor->integers);
  room_ = std::min((int64_t{1} << 20) + 16 * bytes, int64_t{1} << 27);
}

int64_t fixedLength(const File &file) {
  for (const Input &input : file.inputs())
    if (input.name == "input_ids" && input.shape.size() == 2)
      return std::max<int64_t>(input.shape[1], 0);
  return 0;
}

void Evaluator::inputs() {
  using Element = Value::Element;
  const int64_t n = options_.length;
  for (const Input &input : file_.inputs()) {
    if (file_.initializers().contains(input.name))
      continue;
    Shape shape = input.shape;
    const bool isCache = startsWith(input.name, {"past_key_values", "past_"});
    const size_t rank = isCache ? 4 : 2;
    if (shape.size() != rank || (shape[0] > 1))
      fail("{}: the input {} is {} (one text: 1 x tokens, of caches 1 x heads x tokens x features)", file_.name(),
           inQuotes(input.name), shapeText(shape));
    shape[0] = 1;
    if (isCache) {
      shape[2] = 0;
      if (shape[1] < 0 || shape[3] < 0)
        fail("{}: the input {} has heads or features of no size", file_.name(), inQuotes(input.name));
      values_[input.name] = Value::known(shape, {}, Element::number);
      continue;
    }
    if (shape[1] >= 0 && shape[1] != n)
      fail("{}: the input {} is fixed to {} tokens (the ids to {})", file_.name(), inQuotes(input.name), shape[1], n);
    shape[1] = n;
    std::vector<double> numbers(static_cast<size_t>(n), 1);
    if (input.name == "input_ids" || input.name == "token_type_ids") {
      int32_t &source = input.name == "input_ids" ? result_.ids : result_.types;
      source = static_cast<int32_t>(result_.sources.size());
      Value value;
      value.kind = Value::Kind::computed, value.element = Element::integer;
      value.shape = shape, value.source = source;
      result_.sources.push_back({"Input", file_.name() + ": the input " + input.name, shape, {}, 0});
      values_[input.name] = value;
    } else if (input.name == "attention_mask") {
      values_[input.name] = Value::known(shape, numbers, Element::integer);
    } else if (input.name == "position_ids") {
      for (size_t i = 0; i < numbers.size(); ++i)
        numbers[i] = static_cast<double>(i);
      values_[input.name] = Value::known(shape, numbers, Element::integer);
    } else {
      fail("{}: the input {} is not known (known: input_ids, attention_mask, position_ids, token_type_ids, "
           "past_key_values)",
           file_.name(), inQuotes(input.name));
    }
  }
}

Evaluation Evaluator::run() {
  if (std::ranges::find(file_.outputs(), "logits") == file_.outputs().end())
    fail("{}: has no output logits (a language model or a classifier of texts has)", file_.name());
  inputs();
  for (const auto &[name, tensor] : file_.initializers()) {
    result_.isHalf |= tensor->type == DataType::float16 && tensor->elements > 1;
    Value value;
    value.shape = tensor->shape;
    if (!isFloat(tensor->type) || tensor->elements <= 1) {
      const auto element = isFloat(tensor->type)               ? Value::Element::number
                           : tensor->type == DataType::boolean ? Value::Element::boolean
                                                               : Value::Element::integer;
      value = Value::known(tensor->shape, numbersOf(*tensor, mostOfOne), element);
    } else {
      value.kind = Value::Kind::weight;
      value.weight = tensor;
    }
    values_[name] = std::move(value);
  }

  // Behind forwards: what the logits need.
  std::set<std::string_view> needed = {"logits"};
  std::vector<bool> isNeeded(file_.nodes().size());
  for (size_t i = file_.nodes().size(); i-- > 0;) {
    const Node &node = file_.nodes()[i];
    isNeeded[i] = std::ranges::any_of(node.outputs, [&](const std::string &name) { return needed.contains(name); });
    if (isNeeded[i])
      needed.insert(node.inputs.begin(), node.inputs.end());
  }
  // A value goes with its last reader: sources keep what is computed.
  std::map<std::string_view, size_t> lastReader;
  for (size_t i = 0; i < file_.nodes().size(); ++i)
    if (isNeeded[i])
      for (const std::string &name : file_.nodes()[i].inputs)
        lastReader[name] = i;
  for (size_t i = 0; i < file_.nodes().size(); ++i) {
    if (!isNeeded[i])
      continue;
    const Node &node = file_.nodes()[i];
    Step step(*this, node);
    for (const auto *table : {&knownOperators(), &layoutOperators(), &arithmeticOperators()})
      if (const auto found = table->find(node.op); found != table->end() && node.domain.empty()) {
        found->second(step);
        break;
      } else if (table == &arithmeticOperators()) {
        step.refuse("is an operator that is not read (docs/onnx.md lists those that are)");
      }
    for (const std::string &name : node.outputs)
      if (!name.empty() && needed.contains(name) && !values_.contains(name))
        step.refuse(fmt::format("makes {}, an output that is not read", inQuotes(name)));
    for (const std::string &name : node.inputs)
      if (lastReader[name] == i && name != "logits")
        values_.erase(name);
  }
  const auto logits = values_.find("logits");
  if (logits == values_.end() || !logits->second.isComputed())
    fail("{}: its logits do not depend on the text", file_.name());
  result_.logits = logits->second;
  return std::move(result_);
}

Evaluation evaluate(const File &file, const EvaluationOptions &options) { return Evaluator(file, options).run(); }

} // namespace mase::onnx
