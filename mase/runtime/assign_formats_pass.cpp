// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/assign_formats_pass.h"

#include "mase/ir/dialect.h"
#include "mase/runtime/format_config.h"
#include "mase/runtime/model_slots.h"
#include "mase/support/error.h"

namespace mase {
namespace {

class AssignFormats : public mlir::PassWrapper<AssignFormats, mlir::OperationPass<mlir::func::FuncOp>> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(AssignFormats)

  AssignFormats() = default;
  AssignFormats(const AssignFormats &other) : PassWrapper(other) {}
  explicit AssignFormats(const std::string &configFile) { config_ = configFile; }

  llvm::StringRef getArgument() const override { return "mase-assign-formats"; }
  llvm::StringRef getDescription() const override { return "Give weights and inputs of linears the formats of a file"; }
  void getDependentDialects(mlir::DialectRegistry &registry) const override { registry.insert<ir::MaseDialect>(); }

  void runOnOperation() override {
    mlir::func::FuncOp model = getOperation();
    if (config_.empty()) {
      model.emitError("option 'config' is missing (--mase-assign-formats=config=FILE is right)");
      return signalPassFailure();
    }
    // No exception may pass through MLIR.
    try {
      if (std::vector<Slot> slots = slotsOf(model); !slots.empty())
        applyAssignment(model, resolve(readFormatConfig(std::string(config_)), slots));
    } catch (const InputError &error) {
      model.emitError(error.what());
      signalPassFailure();
    }
  }

private:
  Option<std::string> config_{*this, "config", llvm::cl::desc("formats.toml: patterns over modules, first match wins")};
};

} // namespace

std::unique_ptr<mlir::Pass> createAssignFormatsPass(const std::string &configFile) {
  return std::make_unique<AssignFormats>(configFile);
}

void registerAssignFormatsPass() { mlir::PassRegistration<AssignFormats>(); }

} // namespace mase
