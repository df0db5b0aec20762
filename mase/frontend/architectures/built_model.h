// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// For tests of architectures: a model built from a config that lies in the tree, with some of its keys changed.
///
/// Included by tests only. The IR is verified; every weight is bf16. One model at a time: the next build ends the last.
#pragma once

#include "mase/frontend/architectures/architecture.h"
#include "mase/ir/model_function.h"
#include "mase/ops/register_dialect.h"
#include "mase/ops/weight/weight_ir.h"
#include "mase/support/mapped_file.h"

#include "mlir/IR/Verifier.h"

#include <gmock/gmock.h>

namespace mase {

class BuiltModel : public testing::Test {
protected:
  static std::filesystem::path directoryOf(const char *model);

  /// `patch` is a JSON merge patch over the model's config.json: null removes a key.
  static std::unique_ptr<Blueprint> blueprint(const char *model, const char *patch = "{}") {
    Json json = Json::parse(readTextFile(directoryOf(model) / "config.json"));
    json.merge_patch(Json::parse(patch));
    return parseBlueprint("config.json", json.dump());
  }

  mlir::func::FuncOp build(const char *model, const char *patch = "{}") {
    module_ = buildModel(context_, *blueprint(model, patch),
                         [&](llvm::StringRef) { return mlir::BFloat16Type::get(&context_); });
    EXPECT_TRUE(succeeded(mlir::verify(*module_)));
    return ir::modelFunction(*module_);
  }

  /// The names of the weights, in order.
  static std::vector<std::string> weights(mlir::func::FuncOp model) {
    std::vector<std::string> names;
    model.walk([&](ir::WeightOp weight) { names.push_back(weight.getName().str()); });
    return names;
  }

  /// The operators of that kind, in order.
  template <typename Op>
  static std::vector<Op> all(mlir::func::FuncOp model) {
    std::vector<Op> found;
    model.walk([&](Op op) { found.push_back(op); });
    return found;
  }

  mlir::MLIRContext context_{[] {
    mlir::DialectRegistry registry;
    ir::registerDialect(registry);
    return registry;
  }()};
  mlir::OwningOpRef<mlir::ModuleOp> module_;
};

} // namespace mase
