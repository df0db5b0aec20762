// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What operators on rows look like in a graph: embeddings, linears, norms, activations, sums.
#include "mase/frontend/onnx/graph_match.h"

#include "mase/ops/add/add_ir.h"
#include "mase/ops/embedding/embedding_ir.h"
#include "mase/ops/gelu/gelu_ir.h"
#include "mase/ops/layer_norm/layer_norm_ir.h"
#include "mase/ops/linear/linear_ir.h"
#include "mase/ops/mul/mul_ir.h"
#include "mase/ops/pool/pool_ir.h"
#include "mase/ops/position_embedding/position_embedding_ir.h"
#include "mase/ops/relu/relu_ir.h"
#include "mase/ops/rms_norm/rms_norm_ir.h"
#include "mase/ops/silu/silu_ir.h"
#include "mase/ops/soft_cap/soft_cap_ir.h"
#include "mase/ops/tanh/tanh_ir.h"
#include "mase/ops/token_type_embedding/token_type_embedding_ir.h"

#include <cmath>
#include <numeric>

namespace mase::onnx {
namespace {

using View = Forms;

bool isWhole(const std::vector<int64_t> &index) {
  for (size_t i = 0; i < index.size(); ++i)
    if (index[i] != static_cast<int64_t>(i))
      return false;
  return true;
}

std::vector<int64_t> firstPlaces(int64_t count) {
  std::vector<int64_t> places(static_cast<size_t>(count));
  std::iota(places.begin(), places.end(), 0);
  return places;
}

/// Tries `rule` with both operands of a source, one way round and the other.
bool eitherWay(Matcher &m, const Origin &origin, const std::function<bool(const View &a, const View &b)> &rule) {
  const View a = Matcher::elements(origin.source->operands[0], origin.index),
             b = Matcher::elements(origin.source->operands[1], origin.index);
  return m.either([&] { return rule(a, b); }, [&] { return rule(b, a); });
}

/// Whether the rows of the index are whole rows of the source, in any order.
bool areRows(const Origin &origin, int64_t size) {
  if (origin.source->shape.empty() || origin.source->shape.back() != size)
    return false;
  for (int64_t i = 0; i < std::ssize(origin.index); ++i)
    if (const int64_t at = origin.index[static_cast<size_t>(i)],
        first = origin.index[static_cast<size_t>(i - i % size)];
        at < 0 || first % size != 0 || at != first + i % size)
      return false;
  return true;
}

bool isScaled(const Matcher &m, const View &view, const View &of, double factor) {
  for (size_t i = 0; i < view.size(); ++i) {
    const Form &a = view[i], &b = of[i];
    if (a.constant != b.constant * factor)
      return false;
    for (size_t t = 0; t < 2; ++t)
      if (a.terms[t].source != b.terms[t].source || a.terms[t].index != b.terms[t].index ||
          (a.terms[t].source >= 0 && !m.isNear(a.terms[t].factor, b.terms[t].factor * factor)))
        return false;
  }
  return view.size() == of.size();
}

bool embedding(Matcher &m, mlir::Operation &operation, const View &view) {
  auto op = mlir::cast<ir::EmbeddingOp>(operation);
  const auto found = m.origin(view, "Embedding");
  return found && isWhole(found->index) && found->source->operands[0].source == m.evaluation().ids &&
         !found->source->operands[0].forms && m.bindTable(op.getTable(), found->source->operands[1]);
}

/// The rows of a table that known positions choose: `row` of token i.
bool isRowsOf(Matcher &m, mlir::Value table, const View &view, const std::function<int64_t(int64_t i)> &row) {
  const auto found = m.origin(view, "Rows");
  if (!found || !isWhole(found->index))
    return false;
  const std::vector<double> &rows = *found->source->operands[0].numbers;
  for (int64_t i = 0; i < std::ssize(rows); ++i)
    if (rows[static_cast<size_t>(i)] != static_cast<double>(row(i)))
      return false;
  return m.bindTable(table, found->source->operands[1]);
}

bool positionEmbedding(Matcher &m, mlir::Operation &operation, const View &view) {
  auto op = mlir::cast<ir::PositionEmbeddingOp>(operation);
  const auto sum = m.origin(view, "Add");
  const int64_t offset = static_cast<int64_t>(op.getOffset());
  return sum && eitherWay(m, *sum, [&](const View &x, const View &rows) {
           return isRowsOf(m, op.getTable(), rows, [&](int64_t i) { return i + offset; }) && m.match(op.getInput(), x);
         });
}

/// A graph without an input of types has all of them 0.
bool tokenTypeEmbedding(Matcher &m, mlir::Operation &operation, const View &view) {
  auto op = mlir::cast<ir::TokenTypeEmbeddingOp>(operation);
  const auto sum = m.origin(view, "Add");
  return sum && eitherWay(m, *sum, [&](const View &x, const View &rows) {
           const auto types = m.origin(rows, "Embedding");
           const bool areTypes = types && isWhole(types->index) && m.evaluation().types >= 0 &&
                                 types->source->operands[0].source == m.evaluation().types &&
                                 !types->source->operands[0].forms &&
                                 m.bindTable(op.getTable(), types->source->operands[1]);
           return (areTypes || isRowsOf(m, op.getTable(), rows, [](int64_t) { return 0; })) &&
                  m.match(op.getInput(), x);
         });
}

/// (x + b) + c of the IR where the graph has (b + c) + x or another order: branches side by side.
bool threeTerms(Matcher &m, mlir::Operation &op, const Origin &sum) {
  auto inner = op.getOperand(0).getDefiningOp<ir::AddOp>();
  if (!inner || !inner->hasOneUse())
    return false;
  return eitherWay(m, sum, [&](const View &pair, const View &one) {
    const auto second = m.origin(pair, "Add");
    return second && eitherWay(m, *second, [&](const View &a, const View &b) {
             // Branches first: what is behind x is the whole model, and must not be followed on a wrong way.
             const auto all = [&](const View &x, const View &first, const View &last) {
               return m.match(op.getOperand(1), last) && m.match(inner->getOperand(1), first) &&
                      m.match(inner->getOperand(0), x);
             };
             return m.either([&] { return all(one, a, b); }, [&] { return all(a, one, b); });
           });
  });
}

bool add(Matcher &m, mlir::Operation &op, const View &view) {
  const auto sum = m.origin(view, "Add");
  if (!sum)
    return false;
  const auto direct = [&] {
    return eitherWay(m, *sum, [&](const View &a, const View &b) {
      return m.match(op.getOperand(1), b) && m.match(op.getOperand(0), a);
    });
  };
  return m.either(direct, [&] { return threeTerms(m, op, *sum); });
}

bool mul(Matcher &m, mlir::Operation &op, const View &view) {
  const auto product = m.origin(view, "Mul");
  return product && eitherWay(m, *product, [&](const View &a, const View &b) {
           return m.match(op.getOperand(0), a) && m.match(op.getOperand(1), b);
         });
}

/// Columns of a source's rows that the features are: the same in each row. Nothing if they are no such thing.
std::optional<std::vector<int64_t>> columnsOf(const Origin &origin, int64_t features) {
  if (origin.source->shape.empty())
    return std::nullopt;
  const int64_t size = origin.source->shape.back();
  std::vector<int64_t> columns(static_cast<size_t>(features));
  for (int64_t i = 0; i < std::ssize(origin.index); ++i) {
    const int64_t at = origin.index[static_cast<size_t>(i)],
                  first = origin.index[static_cast<size_t>(i - i % features)];
    int64_t &column = columns[static_cast<size_t>(i % features)];
    if (i < features)
      column = at % size;
    if (at < 0 || column != at % size || at / size != first / size)
      return std::nullopt;
  }
  return columns;
}

bool linear(Matcher &m, mlir::Operation &operation, const View &view) {
  auto op = mlir::cast<ir::LinearOp>(operation);
  const int64_t features = op.outFeatures(), in = op.inFeatures();
  View product = view;
  if (op.getBias()) {
    const auto sum = m.origin(view, "AddWeight");
    const auto places = sum ? columnsOf(*sum, features) : std::nullopt;
    if (!places || !m.bindVector(op.getBias(), sum->source->operands[1], *places))
      return false;
    product = Matcher::elements(sum->source->operands[0], sum->index);
  }
  const auto found = m.origin(product, "Linear");
  const auto columns = found ? columnsOf(*found, features) : std::nullopt;
  if (!columns || found->source->operands[1].shape[0] != in ||
      !m.bindMatrix(op.getWeight(), found->source->operands[1], *columns))
    return false;
  std::vector<int64_t> rows;
  const int64_t size = found->source->shape.back();
  for (int64_t i = 0; i < std::ssize(found->index); i += features)
    for (int64_t k = 0; k < in; ++k)
      rows.push_back(found->index[static_cast<size_t>(i)] / size * in + k);
  return m.match(op.getInput(), Matcher::elements(found->source->operands[0], rows));
}

/// The rows x of y = x / sqrt(mean(x^2) + epsilon), of `size` elements each.
std::optional<View> normalized(Matcher &m, const View &y, int64_t size, double epsilon) {
  const auto product = m.origin(y, "Mul");
  if (!product)
    return std::nullopt;
  std::optional<View> result;
  const auto rule = [&](const View &x, const View &inverse) {
    const auto reciprocal = m.origin(inverse, "Reciprocal");
    if (!reciprocal)
      return false;
    const auto root = m.origin(Matcher::elements(reciprocal->source->operands[0], reciprocal->index), "Sqrt");
    if (!root)
      return false;
    const auto mean = m.origin(Matcher::elements(root->source->operands[0], root->index), "Mean", 1, epsilon);
    if (!mean || mean->source->operands[0].shape.back() != size)
      return false;
    std::vector<int64_t> places;
    for (int64_t i = 0; i < std::ssize(mean->index); ++i)
      places.push_back(mean->index[static_cast<size_t>(i)] * size + i % size);
    const auto square = m.origin(Matcher::elements(mean->source->operands[0], places), "Square");
    if (!square || Matcher::elements(square->source->operands[0], square->index) != x)
      return false;
    result = x;
    return true;
  };
  return eitherWay(m, *product, rule) ? result : std::nullopt;
}

bool rmsNorm(Matcher &m, mlir::Operation &operation, const View &view) {
  auto op = mlir::cast<ir::RmsNormOp>(operation);
  const int64_t size = m.shapeOf(op.getInput()).back();
  const double epsilon = op.getEpsilon().convertToDouble();
  if (const auto whole = m.origin(view, "RMSNormalization"))
    return m.isNear(whole->source->number, epsilon) && areRows(*whole, size) &&
           m.bindVector(op.getWeight(), whole->source->operands[1], firstPlaces(size)) &&
           m.match(op.getInput(), Matcher::elements(whole->source->operands[0], whole->index));
  const auto gain = m.origin(view, "MulWeight");
  if (!gain || !areRows(*gain, size) || !m.bindVector(op.getWeight(), gain->source->operands[1], firstPlaces(size)))
    return false;
  const auto x = normalized(m, Matcher::elements(gain->source->operands[0], gain->index), size, epsilon);
  return x && m.match(op.getInput(), *x);
}

bool layerNorm(Matcher &m, mlir::Operation &operation, const View &view) {
  auto op = mlir::cast<ir::LayerNormOp>(operation);
  const int64_t size = m.shapeOf(op.getInput()).back();
  const double epsilon = op.getEpsilon().convertToDouble();
  if (const auto whole = m.origin(view, "LayerNormalization"))
    return m.isNear(whole->source->number, epsilon) && areRows(*whole, size) &&
           m.bindVector(op.getWeight(), whole->source->operands[1], firstPlaces(size)) &&
           m.bindVector(op.getBias(), whole->source->operands[2], firstPlaces(size)) &&
           m.match(op.getInput(), Matcher::elements(whole->source->operands[0], whole->index));
  const auto sum = m.origin(view, "AddWeight");
  if (!sum || !areRows(*sum, size) || !m.bindVector(op.getBias(), sum->source->operands[1], firstPlaces(size)))
    return false;
  const auto gain = m.origin(Matcher::elements(sum->source->operands[0], sum->index), "MulWeight");
  if (!gain || !areRows(*gain, size) || !m.bindVector(op.getWeight(), gain->source->operands[1], firstPlaces(size)))
    return false;
  const auto centred = normalized(m, Matcher::elements(gain->source->operands[0], gain->index), size, epsilon);
  const auto difference = centred ? m.origin(*centred, "Add") : std::nullopt;
  return difference && eitherWay(m, *difference, [&](const View &x, const View &negative) {
           const auto mean = m.origin(negative, "Mean", -1);
           if (!mean || mean->source->operands[0].shape.back() != size)
             return false;
           std::vector<int64_t> places;
           for (int64_t i = 0; i < std::ssize(mean->index); ++i)
             places.push_back(mean->index[static_cast<size_t>(i)] * size + i % size);
           return Matcher::elements(mean->source->operands[0], places) == x && m.match(op.getInput(), x);
         });
}

bool silu(Matcher &m, mlir::Operation &op, const View &view) {
  const auto product = m.origin(view, "Mul");
  return product && eitherWay(m, *product, [&](const View &x, const View &gate) {
           const auto sigmoid = m.origin(gate, "Sigmoid");
           return sigmoid && Matcher::elements(sigmoid->source->operands[0], sigmoid->index) == x &&
                  m.match(op.getOperand(0), x);
         });
}

/// sqrt(2/pi) (x + 0.044715 x^3).
bool isTanhOfGelu(Matcher &m, const View &inner, const View &x) {
  const auto sum = m.origin(inner, "Add", 0.7978845608028654);
  return sum && eitherWay(m, *sum, [&](const View &one, const View &three) {
           const auto cube = m.origin(three, "Cube", 0.044715);
           return one == x && cube && Matcher::elements(cube->source->operands[0], cube->index) == x;
         });
}

bool gelu(Matcher &m, mlir::Operation &operation, const View &view) {
  auto op = mlir::cast<ir::GeluOp>(operation);
  if (const auto whole = m.origin(view, op.getTanh() ? "GeluTanh" : "Gelu"))
    return m.match(op.getInput(), Matcher::elements(whole->source->operands[0], whole->index));
  const auto product = m.origin(view, "Mul", 0.5);
  return product && eitherWay(m, *product, [&](const View &x, const View &gate) {
           const auto function = m.origin(gate, op.getTanh() ? "Tanh" : "Erf", 1, 1);
           if (!function)
             return false;
           const View inner = Matcher::elements(function->source->operands[0], function->index);
           return (op.getTanh() ? isTanhOfGelu(m, inner, x) : isScaled(m, inner, x, 0.7071067811865476)) &&
                  m.match(op.getInput(), x);
         });
}

template <const char *name>
bool each(Matcher &m, mlir::Operation &op, const View &view) {
  const auto found = m.origin(view, name);
  return found && m.match(op.getOperand(0), Matcher::elements(found->source->operands[0], found->index));
}

constexpr char reluName[] = "Relu", tanhName[] = "Tanh";

bool softCap(Matcher &m, mlir::Operation &operation, const View &view) {
  auto op = mlir::cast<ir::SoftCapOp>(operation);
  const double cap = op.getCap().convertToDouble(), scale = op.getScale().convertToDouble();
  const auto found = m.origin(view, "Tanh", cap);
  if (!found)
    return false;
  View inner = Matcher::elements(found->source->operands[0], found->index);
  for (Form &form : inner)
    for (Term &term : form.terms)
      term.factor *= cap / scale;
  return m.match(op.getInput(), inner);
}

/// The view shows one row of the input; the source has the others.
bool pool(Matcher &m, mlir::Operation &operation, const View &view) {
  auto op = mlir::cast<ir::PoolOp>(operation);
  const Shape shape = m.shapeOf(op.getInput());
  const int64_t row = op.getToken() == "first" ? 0 : shape[0] - 1;
  View whole(static_cast<size_t>(shape[0] * shape[1]));
  for (size_t i = 0; i < whole.size(); ++i)
    whole[i].terms[0] = {view[0].terms[0].source, static_cast<int32_t>(i), 1};
  for (int64_t f = 0; f < shape[1]; ++f)
    if (view[static_cast<size_t>(f)] != whole[static_cast<size_t>(row * shape[1] + f)])
      return false;
  const int32_t source = view[0].terms[0].source;
  return source >= 0 && elementsOf(m.evaluation().sources[static_cast<size_t>(source)].shape) == shape[0] * shape[1] &&
         m.match(op.getInput(), whole);
}

} // namespace

const std::map<std::string_view, Rule> &rowRules() {
  static const std::map<std::string_view, Rule> rules = {{"mase.embedding", embedding},
                                                         {"mase.position_embedding", positionEmbedding},
                                                         {"mase.token_type_embedding", tokenTypeEmbedding},
                                                         {"mase.add", add},
                                                         {"mase.mul", mul},
                                                         {"mase.linear", linear},
                                                         {"mase.rms_norm", rmsNorm},
                                                         {"mase.layer_norm", layerNorm},
                                                         {"mase.silu", silu},
                                                         {"mase.gelu", gelu},
                                                         {"mase.relu", each<reluName>},
                                                         {"mase.tanh", each<tanhName>},
                                                         {"mase.soft_cap", softCap},
                                                         {"mase.pool", pool}};
  return rules;
}

} // namespace mase::onnx
