// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What attention looks like in a graph: heads, rotary embedding, scores, masks.
#include "mase/frontend/onnx/graph_match.h"

#include "mase/ops/kv_cache/kv_cache_ir.h"
#include "mase/ops/matmul/matmul_ir.h"
#include "mase/ops/merge_heads/merge_heads_ir.h"
#include "mase/ops/rope/rope_ir.h"
#include "mase/ops/softmax/softmax_ir.h"
#include "mase/ops/split_heads/split_heads_ir.h"

#include <algorithm>
#include <cmath>

namespace mase::onnx {
namespace {

using View = Forms;

/// What is added to scores that nobody may see is this or less: fp16's lowest number, fp32's, or minus infinity.
constexpr double masked = -1e4;

size_t place(int64_t at) { return static_cast<size_t>(at); }

/// tokens x (heads * features) from heads x tokens x features.
View besideEachOther(const View &view, const Shape &heads) {
  View result(view.size());
  for (int64_t h = 0; h < heads[0]; ++h)
    for (int64_t i = 0; i < heads[1]; ++i)
      for (int64_t d = 0; d < heads[2]; ++d)
        result[place((i * heads[0] + h) * heads[2] + d)] = view[place((h * heads[1] + i) * heads[2] + d)];
  return result;
}

bool splitHeads(Matcher &m, mlir::Operation &op, const View &view) {
  return m.match(op.getOperand(0), besideEachOther(view, m.shapeOf(op.getResult(0))));
}

bool mergeHeads(Matcher &m, mlir::Operation &op, const View &view) {
  const Shape heads = m.shapeOf(op.getOperand(0));
  View apart(view.size());
  for (int64_t h = 0; h < heads[0]; ++h)
    for (int64_t i = 0; i < heads[1]; ++i)
      for (int64_t d = 0; d < heads[2]; ++d)
        apart[place((h * heads[1] + i) * heads[2] + d)] = view[place((i * heads[0] + h) * heads[2] + d)];
  return m.match(op.getOperand(0), apart);
}

bool kvCache(Matcher &m, mlir::Operation &op, const View &view) { return m.match(op.getOperand(0), view); }

/// a * x + b * y, if one term remains: others, which rounding left, are below `slack`.
std::optional<Form> turned(const Matcher &m, const Form &x, double a, const Form &y, double b, double slack) {
  std::vector<Term> terms;
  for (const auto &[form, by] : {std::pair(&x, a), std::pair(&y, b)}) {
    if (form->constant != 0)
      return std::nullopt;
    for (Term term : form->terms) {
      if (term.source < 0)
        continue;
      term.factor *= by;
      const auto same =
          std::ranges::find_if(terms, [&](const Term &t) { return t.source == term.source && t.index == term.index; });
      if (same == terms.end())
        terms.push_back(term);
      else
        same->factor += term.factor;
    }
  }
  std::erase_if(terms, [&](const Term &term) { return std::abs(term.factor) <= slack; });
  if (terms.size() != 1 || !m.isNear(terms[0].factor, 1))
    return std::nullopt;
  terms[0].factor = 1;
  return Form{.terms = {terms[0], Term{}}};
}

/// Turned back by the config's angles nothing else may be left of a pair than the pair.
bool rope(Matcher &m, mlir::Operation &operation, const View &view) {
  auto op = mlir::cast<ir::RopeOp>(operation);
  const Shape shape = m.shapeOf(op.getInput());
  RopeAngles angles;
  angles.theta = op.getTheta().convertToDouble();
  angles.rotary = static_cast<int64_t>(op.getRotary().value_or(0));
  if (op.getFactor())
    angles.factor = op.getFactor()->convertToDouble();
  if (const auto waves = op.getLlama3())
    angles.llama3 = {(*waves)[0], (*waves)[1], (*waves)[2]};
  const std::vector<double> frequencies = ropeFrequencies(angles, shape[2]);
  const int64_t half = rotaryFeatures(angles, shape[2]) / 2;
  View result = view;
  for (int64_t row = 0; row < shape[0] * shape[1]; ++row)
    for (int64_t j = 0; j < half; ++j) {
      const double angle = frequencies[place(j)] * static_cast<double>(row % shape[1]);
      const size_t first = place(row * shape[2] + j), second = first + place(half);
      const double c = std::cos(angle), s = std::sin(angle), slack = m.tolerance() * std::min(1.0, angle) + 1e-12;
      const auto x = turned(m, view[first], c, view[second], s, slack),
                 y = turned(m, view[second], c, view[first], -s, slack);
      if (!x || !y)
        return false;
      result[first] = *x, result[second] = *y;
    }
  return m.match(op.getInput(), result);
}

bool softmax(Matcher &m, mlir::Operation &operation, const View &view) {
  auto op = mlir::cast<ir::SoftmaxOp>(operation);
  const auto found = m.origin(view, "Softmax");
  const int64_t n = m.length();
  if (!found || found->source->shape.back() != n)
    return false;
  const double scale = op.getScale().convertToDouble();
  const int64_t window = op.getWindow() ? static_cast<int64_t>(*op.getWindow()) : 0;
  View scores = Matcher::elements(found->source->operands[0], found->index);
  for (int64_t e = 0; e < std::ssize(scores); ++e) {
    const int64_t i = e / n % n, j = e % n, at = found->index[place(e)];
    if (at < 0 || at % n != j || at / n != found->index[place(e - j)] / n)
      return false;
    Form &form = scores[place(e)];
    const bool isSeen = !op.getCausal() || (j <= i && (window == 0 || j > i - window));
    if (isSeen ? form.constant != 0 : form.constant > masked)
      return false;
    if (!isSeen)
      form = unread();
    else
      for (Term &term : form.terms)
        term.factor /= scale;
  }
  return m.match(op.getInput(), scores);
}

/// Which batch, row and column of a product the elements of each head are; nothing if they are no matrices of it.
struct Places {
  std::vector<int64_t> batch, row, column; // of a head; of a head's rows; of a head's columns
};

std::optional<Places> placesOf(const Origin &origin, const Shape &heads) {
  const Shape &shape = origin.source->shape;
  const int64_t rows = shape[shape.size() - 2], cols = shape.back();
  Places places;
  places.batch.assign(place(heads[0]), -1);
  places.row.assign(place(heads[0] * heads[1]), -1);
  places.column.assign(place(heads[0] * heads[2]), -1);
  const auto agree = [](int64_t &known, int64_t found) {
    known = known < 0 ? found : known;
    return known == found;
  };
  for (int64_t e = 0; e < std::ssize(origin.index); ++e) {
    const int64_t at = origin.index[place(e)], h = e / (heads[1] * heads[2]);
    if (at >= 0 && (!agree(places.batch[place(h)], at / (rows * cols)) ||
                    !agree(places.row[place(e / heads[2])], at / cols % rows) ||
                    !agree(places.column[place(h * heads[2] + e % heads[2])], at % cols)))
      return std::nullopt;
  }
  for (const auto *all : {&places.batch, &places.row, &places.column})
    if (std::ranges::find(*all, -1) != all->end())
      return std::nullopt;
  return places;
}

bool matmul(Matcher &m, mlir::Operation &operation, const View &view) {
  auto op = mlir::cast<ir::MatmulOp>(operation);
  const Shape heads = m.shapeOf(op.getResult()), lhs = m.shapeOf(op.getLhs()), rhs = m.shapeOf(op.getRhs());
  const auto found = m.origin(view, "Product");
  const auto places = found ? placesOf(*found, heads) : std::nullopt;
  const int64_t inner = lhs[2];
  if (!places || found->source->operands[0].shape.back() != inner)
    return false;
  const int64_t rows = found->source->shape[found->source->shape.size() - 2], cols = found->source->shape.back();
  std::vector<int64_t> left;
  for (int64_t r = 0; r < heads[0] * heads[1]; ++r)
    for (int64_t k = 0; k < inner; ++k)
      left.push_back((places->batch[place(r / heads[1])] * rows + places->row[place(r)]) * inner + k);
  // Heads of a group must read the same keys or values.
  View right(place(elementsOf(rhs)), unread());
  for (int64_t h = 0; h < heads[0]; ++h)
    for (int64_t k = 0; k < inner; ++k)
      for (int64_t j = 0; j < heads[2]; ++j) {
        const int64_t at = (places->batch[place(h)] * inner + k) * cols + places->column[place(h * heads[2] + j)];
        const Form form = found->source->operands[1].at(at);
        const int64_t group = h / (heads[0] / rhs[0]);
        Form &known =
            right[place(op.getTransposeRhs() ? (group * rhs[1] + j) * rhs[2] + k : (group * rhs[1] + k) * rhs[2] + j)];
        if (!isUnread(known) && known != form)
          return false;
        known = form;
      }
  return m.match(op.getLhs(), Matcher::elements(found->source->operands[0], left)) && m.match(op.getRhs(), right);
}

} // namespace

const std::map<std::string_view, Rule> &headRules() {
  static const std::map<std::string_view, Rule> rules = {
      {"mase.split_heads", splitHeads}, {"mase.merge_heads", mergeHeads},
      {"mase.kv_cache", kvCache},       {"mase.rope", rope},
      {"mase.softmax", softmax},        {"mase.matmul", matmul}};
  return rules;
}

} // namespace mase::onnx
