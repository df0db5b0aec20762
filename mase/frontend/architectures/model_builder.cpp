// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/model_builder.h"

#include "mase/frontend/architectures/config_keys.h"
#include "mase/ops/add/add_ir.h"
#include "mase/ops/embedding/embedding_ir.h"
#include "mase/ops/layer_norm/layer_norm_ir.h"
#include "mase/ops/linear/linear_ir.h"
#include "mase/ops/mul/mul_ir.h"
#include "mase/ops/pool/pool_ir.h"
#include "mase/ops/position_embedding/position_embedding_ir.h"
#include "mase/ops/rms_norm/rms_norm_ir.h"
#include "mase/ops/soft_cap/soft_cap_ir.h"
#include "mase/ops/tanh/tanh_ir.h"
#include "mase/ops/token_type_embedding/token_type_embedding_ir.h"
#include "mase/ops/weight/weight_ir.h"

namespace mase {

using namespace mlir;
using namespace mase::ir;

namespace {
int64_t featuresOf(Value x) { return cast<RankedTensorType>(x.getType()).getDimSize(1); }
} // namespace

Location ModelBuilder::at(StringRef module) { return NameLoc::get(builder_.getStringAttr(module)); }

Value ModelBuilder::tensor(Module module, const char *which, ArrayRef<int64_t> shape) {
  std::string name = module + which;
  Type type = RankedTensorType::get(shape, elementTypeOf_(name));
  return builder_.create<WeightOp>(at(module), type, builder_.getStringAttr(name), StringAttr(), DenseI64ArrayAttr(),
                                   UnitAttr(), DenseI64ArrayAttr(), FloatAttr(), FloatAttr());
}

Value ModelBuilder::weight(Module tensor, const WeightView &view) {
  assert(whyNotAView(view).empty() && "the config's reader checks sizes");
  const auto number = [&](double value, double neutral) {
    return value == neutral ? FloatAttr() : builder_.getF64FloatAttr(value);
  };
  const auto sizes = [&](ArrayRef<int64_t> values, bool are) {
    return are ? builder_.getDenseI64ArrayAttr(values) : DenseI64ArrayAttr();
  };
  return builder_.create<WeightOp>(
      at(tensor.substr(0, tensor.rfind('.'))), RankedTensorType::get(view.shape, elementTypeOf_(tensor)),
      builder_.getStringAttr(tensor), StringAttr(), sizes(view.stored, view.stored != view.shape),
      view.transposed ? builder_.getUnitAttr() : UnitAttr(), sizes({view.first, view.run, view.stride}, view.run > 0),
      number(view.times, 1), number(view.plus, 0));
}

Value ModelBuilder::embedding(Module module, Value ids, Value table) {
  return builder_.create<EmbeddingOp>(at(module), ids, table);
}

Value ModelBuilder::positionEmbedding(Module module, Value x, int64_t positions, int64_t offset) {
  Value table = weight(module, {positions + offset, featuresOf(x)});
  return builder_.create<PositionEmbeddingOp>(at(module), x, table, offset);
}

Value ModelBuilder::tokenTypeEmbedding(Module module, Value x, int64_t types) {
  Block *body = builder_.getBlock();
  assert(body->getNumArguments() == 1 && "once a model");
  Value ofTokens = body->addArgument(body->getArgument(0).getType(), at(module));
  Value table = weight(module, {types, featuresOf(x)});
  return builder_.create<TokenTypeEmbeddingOp>(at(module), x, ofTokens, table);
}

Value ModelBuilder::tanh(Module module, Value x) { return builder_.create<TanhOp>(at(module), x); }

Value ModelBuilder::pool(Module module, StringRef token, Value x) {
  return builder_.create<PoolOp>(at(module), x, token);
}

Value ModelBuilder::softCap(Module module, Value x, double scale, double cap) {
  return builder_.create<SoftCapOp>(at(module), x, scale, cap);
}

Value ModelBuilder::linear(Module module, Value x, int64_t outFeatures, Bias hasBias) {
  Value matrix = weight(module, {outFeatures, featuresOf(x)});
  Value offset = hasBias == Bias::yes ? bias(module, {outFeatures}) : Value();
  return builder_.create<LinearOp>(at(module), x, matrix, offset, module);
}

Value ModelBuilder::linear(Module module, Value x, int64_t outFeatures, Bias hasBias, const StoredLinear &stored) {
  const int64_t in = featuresOf(x);
  WeightView view = {.shape = {outFeatures, in}, .stored = {stored.features, in}, .transposed = stored.transposed};
  if (outFeatures != stored.features) {
    view.first = stored.first;
    view.run = stored.run > 0 ? stored.run : outFeatures;
    view.stride = stored.run > 0 ? stored.stride : outFeatures;
  }
  if (stored.transposed)
    std::swap(view.stored[0], view.stored[1]);
  const Value matrix = weight(stored.module + ".weight", view);
  view.shape = {outFeatures}, view.stored = {stored.features}, view.transposed = false;
  const Value offset = hasBias == Bias::yes ? weight(stored.module + ".bias", view) : Value();
  return builder_.create<LinearOp>(at(module), x, matrix, offset, module);
}

Value ModelBuilder::linear(Module module, Value x, Value matrix) {
  return builder_.create<LinearOp>(at(module), x, matrix, Value(), module);
}

Value ModelBuilder::rmsNorm(Module module, Value x, double epsilon, double plus) {
  const std::vector<int64_t> features = {cast<RankedTensorType>(x.getType()).getShape().back()};
  const Value gain = weight(module + ".weight", {.shape = features, .stored = features, .plus = plus});
  return builder_.create<RmsNormOp>(at(module), x, gain, epsilon);
}

Value ModelBuilder::layerNorm(Module module, Value x, double epsilon) {
  Value scale = weight(module, {featuresOf(x)}), offset = bias(module, {featuresOf(x)});
  return builder_.create<LayerNormOp>(at(module), x, scale, offset, epsilon);
}

Value ModelBuilder::add(Module module, Value a, Value b) { return builder_.create<AddOp>(at(module), a, b); }

Value ModelBuilder::mul(Module module, Value a, Value b) { return builder_.create<MulOp>(at(module), a, b); }

Value ModelBuilder::activation(Module module, StringRef name, Value x) {
  const Activation *activation = findActivation(std::string_view(name));
  assert(activation && "readActivation refuses others");
  OperationState state(at(module), (MaseDialect::getDialectNamespace() + "." + activation->op).str());
  state.addOperands(x);
  if (activation->flag)
    state.addAttribute(activation->flag, builder_.getUnitAttr());
  state.addTypes(f32Like(x));
  return builder_.create(state)->getResult(0);
}

} // namespace mase
