// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/onnx/graph_match.h"

#include "mase/frontend/safetensors.h"
#include "mase/ops/weight/weight_ir.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Location.h"

#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <limits>

namespace mase::onnx {
namespace {

/// A graph that makes many wrong ways possible is not followed for ever.
constexpr size_t mostSteps = 1'000'000;

std::string moduleOf(mlir::Operation &op) {
  auto name = mlir::dyn_cast<mlir::NameLoc>(op.getLoc());
  return name ? name.getName().str() : std::string("main");
}

WeightView viewOf(mlir::Value weight) {
  auto op = weight.getDefiningOp<ir::WeightOp>();
  assert(op && "weights are operators of their own");
  return ir::viewOf(op);
}

std::string nameOf(mlir::Value weight) { return weight.getDefiningOp<ir::WeightOp>().getName().str(); }

/// Whether the places are those that the view takes, in its order.
bool isRows(const WeightView &view, const std::vector<int64_t> &places) {
  for (int64_t j = 0; j < std::ssize(places); ++j) {
    const int64_t row = view.run == 0 ? j : view.first + j / view.run * view.stride + j % view.run;
    if (places[static_cast<size_t>(j)] != row)
      return false;
  }
  return std::ssize(places) == view.shape[0];
}

/// Whether two initialisers hold the same tensor: a tied head that an exporter has folded and transposed.
bool isSameTensor(const Binding &a, const Binding &b) {
  if (a.tensor->type != b.tensor->type || a.tensor->elements != b.tensor->elements || a.tensor->shape.size() != 2 ||
      b.tensor->shape.size() != 2)
    return false;
  const int64_t rows = a.tensor->shape[0], cols = a.tensor->shape[1];
  const auto size = static_cast<int64_t>(a.tensor->bytes.size()) / a.tensor->elements;
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < cols; ++c)
      if (std::memcmp(a.tensor->bytes.data() + (r * cols + c) * size,
                      b.tensor->bytes.data() + (a.transposed == b.transposed ? r * cols + c : c * rows + r) * size,
                      static_cast<size_t>(size)) != 0)
        return false;
  return true;
}

} // namespace

Form unread() { return {.terms = {}, .constant = std::numeric_limits<double>::quiet_NaN()}; }

bool isUnread(const Form &form) { return form.terms[0].source < 0 && std::isnan(form.constant); }

bool Matcher::isNear(double found, double expected) const {
  // Converters raise what is too small for fp16, as BERT's epsilon, to 1e-7.
  const double smallest = evaluation_.isHalf ? 1.3e-7 : 0;
  return std::abs(found - expected) <= tolerance() * std::abs(expected) + smallest;
}

Shape Matcher::shapeOf(mlir::Value value) const {
  Shape shape;
  for (const int64_t size : mlir::cast<mlir::RankedTensorType>(value.getType()).getShape())
    shape.push_back(mlir::ShapedType::isDynamic(size) ? length_ : size);
  return shape;
}

std::optional<Origin> Matcher::origin(const View &view, const char *op, double factor, double constant) const {
  Origin origin;
  int32_t source = -1;
  origin.index.reserve(view.size());
  for (const Form &form : view) {
    if (isUnread(form)) {
      origin.index.push_back(-1);
      continue;
    }
    if (form.terms[0].source < 0 || form.terms[1].source >= 0 || (source >= 0 && form.terms[0].source != source) ||
        !isNear(form.terms[0].factor, factor) ||
        (constant == 0 ? form.constant != 0 : !isNear(form.constant, constant)))
      return std::nullopt;
    source = form.terms[0].source;
    origin.index.push_back(form.terms[0].index);
  }
  if (source < 0)
    return std::nullopt;
  origin.source = &evaluation_.sources[static_cast<size_t>(source)];
  return origin.source->op == op ? std::optional(std::move(origin)) : std::nullopt;
}

Matcher::View Matcher::elements(const Value &operand, const std::vector<int64_t> &index) {
  View view;
  view.reserve(index.size());
  for (const int64_t i : index)
    view.push_back(i < 0 ? unread() : operand.at(i));
  return view;
}

bool Matcher::either(const std::function<bool()> &first, const std::function<bool()> &second) {
  const size_t bound = bound_.size(), values = values_.size();
  if (first())
    return true;
  for (; bound_.size() > bound; bound_.pop_back())
    bindings_.erase(bound_.back());
  for (; values_.size() > values; values_.pop_back())
    matched_.erase(values_.back());
  return second();
}

bool Matcher::match(mlir::Value value, const View &view) {
  assert(std::ssize(view) == elementsOf(shapeOf(value)));
  if (++steps_ > mostSteps)
    return false;
  // A value that several operators read is compared once: it is a whole source, and always the same one.
  bool isWhole = true;
  for (size_t i = 0; isWhole && i < view.size(); ++i)
    isWhole = view[i].isSingle() && view[i].terms[0].factor == 1 && view[i].terms[0].index == static_cast<int64_t>(i) &&
              view[i].terms[0].source == view[0].terms[0].source;
  if (const auto found = matched_.find(value); found != matched_.end() && isWhole)
    return found->second == view[0].terms[0].source;
  mlir::Operation *op = value.getDefiningOp();
  assert(op && "arguments are read by the embeddings alone");
  const std::string name = op->getName().getStringRef().str();
  for (const auto *rules : {&rowRules(), &headRules()})
    if (const auto rule = rules->find(name); rule != rules->end() && rule->second(*this, *op, view)) {
      if (isWhole) {
        matched_[value] = view[0].terms[0].source;
        values_.push_back(value);
      }
      return true;
    }
  const size_t reached = bound_.size() + 1;
  if (reached > furthest_) {
    furthest_ = reached;
    std::string node = "a constant";
    for (const Form &form : view)
      if (!isUnread(form) && form.terms[0].source >= 0) {
        node = evaluation_.sources[static_cast<size_t>(form.terms[0].source)].node;
        break;
      }
    complaint_ = fmt::format("{} is not the {} of {} that the config describes", node, name, moduleOf(*op));
  }
  return false;
}

bool Matcher::bind(const std::string &name, const Shape &stored, Binding binding) {
  Shape shape = binding.tensor->shape;
  if (binding.transposed && shape.size() == 2)
    std::swap(shape[0], shape[1]);
  std::erase(shape, 1);
  Shape wanted = stored;
  std::erase(wanted, 1);
  if (shape != wanted)
    return false;
  const auto [found, isNew] = bindings_.try_emplace(name, binding);
  if (isNew)
    bound_.push_back(name);
  return isNew || found->second == binding || isSameTensor(found->second, binding);
}

bool Matcher::bindVector(mlir::Value weight, const Value &vector, const std::vector<int64_t> &places) {
  const WeightView view = viewOf(weight);
  return view.times == 1 && view.plus == 0 && isRows(view, places) &&
         bind(nameOf(weight), view.stored, {vector.weight, false});
}

bool Matcher::bindMatrix(mlir::Value weight, const Value &matrix, const std::vector<int64_t> &columns) {
  const WeightView view = viewOf(weight);
  // The matrix is in x out, or lies as out x in where it is transposed; the model's lies the other way round.
  return view.times == 1 && view.plus == 0 && isRows(view, columns) &&
         bind(nameOf(weight), view.stored, {matrix.weight, matrix.transposed == view.transposed});
}

bool Matcher::bindTable(mlir::Value weight, const Value &table) {
  const WeightView view = viewOf(weight);
  return view.isPlain() && bind(nameOf(weight), view.stored, {table.weight, table.transposed});
}

} // namespace mase::onnx
