// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Training of the shipped models: gradients of whole models against those that PyTorch computed in double precision.

#include "mase/ops/register_dialect.h"
#include "mase/passes/training/trainable_model.h"
#include "mase/runtime/training/lower_training.h"
#include "mase/support/error.h"

#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"

#include <cmath>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace mase {
namespace {

using testing::HasSubstr;
const std::filesystem::path root = MASE_SOURCE_DIR;

TEST(Training, GradientsOfAllFamiliesArePyTorchs) {
  const auto records = nlohmann::json::parse(readTextFile(root / "mase/passes/training/testdata/gradients.json"));
  ASSERT_GE(records.size(), 10U);
  for (const auto &record : records) {
    SCOPED_TRACE(record["model"].get<std::string>());
    const auto ids = record["ids"].get<std::vector<int32_t>>(), targets = record["targets"].get<std::vector<int32_t>>();
    Model model = Model::open(root / "models" / record["model"].get<std::string>());
    TrainableModel trainable(model, std::ssize(ids), {});
    const TrainingExample examples[] = {{ids, targets, {}}};
    const BatchLoss loss = trainable.plan().run(examples, [&](size_t, std::span<const TensorView> arguments) {
      for (int64_t r = 0; r < arguments[0].rows; ++r)
        *arguments[0].head(0).row(r) = 1.0F / static_cast<float>(targets.size());
    });
    EXPECT_NEAR(loss.total(), record["loss"].get<double>(), 1e-4);
    const auto gradients = trainable.gradients();
    double all = 0;
    for (const auto &[name, figures] : record["gradients"].items())
      all += std::pow(figures[0].get<double>(), 2);
    for (const auto &[name, figures] : record["gradients"].items()) {
      auto found = gradients.find(name);
      if (found == gradients.end())
        found = gradients.find("transformer." + name); // names as they are published
      if (found == gradients.end()) {
        EXPECT_LT(figures[0].get<double>(), 1e-6 * std::sqrt(all)) << name << " has a gradient";
        continue;
      }
      double square = 0, along = 0;
      for (size_t i = 0; i < found->second.size(); ++i) {
        const double g = found->second[i];
        square += g * g;
        along += g * std::cos(0.37 * static_cast<double>(i) + 1);
      }
      // Keys' biases have no gradient but for rounding: softmax does not mind them.
      const double norm = figures[0].get<double>(), tolerance = 1e-3 * norm + 1e-6 * std::sqrt(all);
      EXPECT_NEAR(std::sqrt(square), norm, tolerance) << name;
      EXPECT_NEAR(along, figures[1].get<double>(), 3 * tolerance) << name;
    }
    EXPECT_EQ(record["gradients"].size(), gradients.size());
    EXPECT_LT(trainable.plan().sequenceBytes(), trainable.plan().unsharedBytes());
  }
}

TEST(Training, RefusesWhatHasNoKernel) {
  mlir::DialectRegistry registry;
  ir::registerDialect(registry);
  mlir::MLIRContext context(registry);
  context.allowUnregisteredDialects();
  const auto refusal = [&](const std::string &body) -> std::string {
    const std::string text =
        "func.func @main(%ids: tensor<?xi32>, %x: tensor<?x4xf32>) -> tensor<?x4xf32> {" + body + "}";
    auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    try {
      lowerTraining(*module->getOps<mlir::func::FuncOp>().begin(), 4,
                    [](const std::string &, const WeightView &) { return Constant(); });
    } catch (const InputError &error) {
      return error.what();
    }
    return "none";
  };
  EXPECT_THAT(
      refusal("%0 = mase.gradient \"add\"(%x, %x) by %x wanted [0] with {} : (tensor<?x4xf32>, tensor<?x4xf32>), "
              "tensor<?x4xf32> -> tensor<?x4xf32> return %0 : tensor<?x4xf32>"),
      HasSubstr("the gradient of 'add' cannot be executed (it is made of other operators)"));
  EXPECT_THAT(refusal("%0 = \"other.double\"(%x) : (tensor<?x4xf32>) -> tensor<?x4xf32> return %0 : tensor<?x4xf32>"),
              HasSubstr("operator 'other.double' cannot be trained (mase ops lists those that can)"));
}

} // namespace
} // namespace mase
