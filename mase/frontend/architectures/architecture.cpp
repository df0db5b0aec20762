// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/architecture.h"

#include "mase/frontend/architectures/model_tensors.h"
#include "mase/ir/model_function.h"
#include "mase/ir/operator.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"

#include <algorithm>
#include <fmt/ranges.h>

namespace mase {

std::vector<const Architecture *> knownArchitectures() {
  return {
#define MASE_ARCHITECTURE(name) &architectures::name,
#include "mase/frontend/architectures/architectures.inc"
#undef MASE_ARCHITECTURE
  };
}

std::unique_ptr<Blueprint> parseBlueprint(std::string_view file, std::string_view text) {
  Json json = parseJson(file, text);
  JsonObject config(file, json);
  const Json &names = config.array("architectures");
  std::vector<std::string_view> known;
  for (const Architecture *architecture : knownArchitectures()) {
    if (names.size() == 1 && names[0] == architecture->name)
      return architecture->read(config);
    known.emplace_back(architecture->name);
  }
  fail("{}: architecture {} is not known (known: {})", file, inQuotes(names.dump()), fmt::join(known, ", "));
}

std::unique_ptr<Blueprint> readBlueprint(const std::filesystem::path &modelDir) {
  const std::filesystem::path file = modelDir / "config.json";
  return parseBlueprint(file.string(), readTextFile(file));
}

void completeNames(const Blueprint &blueprint, TensorTable &table) {
  const std::string prefix = blueprint.omissiblePrefix();
  if (prefix.empty() ||
      std::ranges::any_of(table.tensors(), [&](const Tensor &t) { return t.name.starts_with(prefix); }))
    return;
  table.rename([&](const std::string &name) {
    return name.starts_with("lm_head.") || name.starts_with("score.") ? name : prefix + name;
  });
}

mlir::OwningOpRef<mlir::ModuleOp> buildModel(mlir::MLIRContext &context, const Blueprint &blueprint,
                                             ElementTypeOf elementTypeOf) {
  using namespace mlir;
  context.getOrLoadDialect<ir::MaseDialect>();
  context.getOrLoadDialect<func::FuncDialect>();
  OpBuilder builder(&context);
  OwningOpRef<ModuleOp> module = ModuleOp::create(builder.getUnknownLoc());
  builder.setInsertionPointToEnd(module->getBody());
  const Location location = NameLoc::get(builder.getStringAttr("main"));
  const Type ids = RankedTensorType::get({ShapedType::kDynamic}, builder.getI32Type());
  auto main = builder.create<func::FuncOp>(location, "main", builder.getFunctionType({ids}, {}));
  ir::setMaxPositions(main, blueprint.config().maxPositions);
  builder.setInsertionPointToStart(main.addEntryBlock());
  ModelBuilder model(builder, elementTypeOf);
  const Value logits = blueprint.wire(model, main.getArgument(0));
  builder.create<func::ReturnOp>(location, logits);
  main.setType(builder.getFunctionType(main.getBody().getArgumentTypes(), logits.getType()));
  return module;
}

mlir::OwningOpRef<mlir::ModuleOp> buildModel(mlir::MLIRContext &context, const Blueprint &blueprint) {
  return buildModel(context, blueprint,
                    [&](llvm::StringRef) -> mlir::Type { return mlir::Float32Type::get(&context); });
}

mlir::OwningOpRef<mlir::ModuleOp> buildModel(mlir::MLIRContext &context, const Blueprint &blueprint,
                                             const TensorTable &table) {
  mlir::Builder types(&context);
  // A tensor that is missing or no float gets any type here: the check behind it refuses it.
  auto module = buildModel(context, blueprint, [&](llvm::StringRef name) -> mlir::Type {
    const Tensor *tensor = table.find(std::string_view(name));
    const Dtype dtype = tensor ? tensor->dtype : Dtype::NotFloat;
    return dtype == Dtype::BF16  ? mlir::Type(types.getBF16Type())
           : dtype == Dtype::F16 ? mlir::Type(types.getF16Type())
                                 : mlir::Type(types.getF32Type());
  });
  checkTensors(*module, blueprint.derivedTensors(), table);
  return module;
}

} // namespace mase
