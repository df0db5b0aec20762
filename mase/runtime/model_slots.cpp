// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/model_slots.h"

#include "mase/ops/cast/cast_ir.h"
#include "mase/ops/linear/linear_ir.h"
#include "mase/support/error.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringSet.h"

namespace mase {
namespace {

using namespace mlir;
using namespace mase::ir;

// "model.layers.3.mlp.up_proj" -> 3; -1 when no component is a number.
int layerOf(StringRef module) {
  SmallVector<StringRef> components;
  module.split(components, ".");
  for (StringRef component : components)
    if (int layer = -1; !component.getAsInteger(10, layer) && layer >= 0)
      return layer;
  return -1;
}

Slot slot(LinearOp linear, Role role) {
  StringRef module = linear.getModule();
  StringRef kind = module.substr(module.rfind('.') + 1); // npos + 1 is 0: the whole name
  int64_t elements = role == Role::weight ? linear.inFeatures() * linear.outFeatures() : linear.inFeatures();
  return {module.str(), kind.str(), layerOf(module), role, elements};
}

OpOperand &operand(LinearOp linear, Role role) {
  return role == Role::weight ? linear.getWeightMutable() : linear.getInputMutable();
}

// What a slot's operand reads before any cast.
Value sourceOf(Value value) {
  while (auto cast = value.getDefiningOp<CastOp>())
    value = cast.getInput();
  return value;
}

class Casts {
public:
  // `source` in `format`: itself, or its one cast to it.
  Value get(Value source, const Format &format) {
    if (&formatOf(source) == &format)
      return source;
    Value &cast = casts_[{source, &format}];
    if (!cast) {
      OpBuilder builder(source.getContext());
      builder.setInsertionPointAfterValue(source);
      cast = builder.create<CastOp>(source.getLoc(), source, typeOf(format, source.getContext()));
    }
    return cast;
  }

private:
  llvm::DenseMap<std::pair<Value, const Format *>, Value> casts_;
};

// The casts that `value` comes through.
void addCasts(Value value, DenseSet<Operation *> &casts) {
  for (auto cast = value.getDefiningOp<CastOp>(); cast; cast = cast.getInput().getDefiningOp<CastOp>())
    casts.insert(cast);
}

// Readers stand behind what they read, so one way from the end finds all.
void eraseUnused(func::FuncOp model, const DenseSet<Operation *> &casts) {
  SmallVector<CastOp> inOrder;
  model.walk([&](CastOp cast) { inOrder.push_back(cast); });
  for (CastOp cast : llvm::reverse(inOrder))
    if (casts.contains(cast) && cast->use_empty())
      cast->erase();
}

} // namespace

std::vector<Slot> slotsOf(func::FuncOp model) {
  std::vector<Slot> slots;
  llvm::StringSet<> modules;
  for (LinearOp linear : linears(model)) {
    if (!modules.insert(linear.getModule()).second)
      fail("{}: two linears have the module '{}' (each has a name of its own)", model.getSymName().str(),
           linear.getModule().str());
    slots.push_back(slot(linear, Role::weight));
    slots.push_back(slot(linear, Role::input));
  }
  return slots;
}

FormatAssignment assignmentOf(func::FuncOp model) {
  FormatAssignment assignment;
  for (LinearOp linear : linears(model))
    for (Role role : {Role::weight, Role::input})
      assignment.push_back(&formatOf(operand(linear, role).get()));
  return assignment;
}

void applyAssignment(func::FuncOp model, const FormatAssignment &assignment) {
  SmallVector<LinearOp> found = linears(model);
  assert(assignment.size() == 2 * found.size() && "one format a slot");
  Casts casts;
  DenseSet<Operation *> before;
  for (auto [i, linear] : llvm::enumerate(found))
    for (Role role : {Role::weight, Role::input}) {
      OpOperand &use = operand(linear, role);
      const Format &format = *assignment[2 * i + (role == Role::input)];
      addCasts(use.get(), before);
      use.set(casts.get(sourceOf(use.get()), format));
    }
  eraseUnused(model, before);
}

} // namespace mase
