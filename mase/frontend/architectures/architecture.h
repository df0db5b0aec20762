// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The architectures that MASE reads, and a model of one of them between its config and its IR.
///
/// An architecture is a folder beside this file: NAME_config.h and .cpp (its keys, without MLIR), NAME.cpp (its
/// operators and the names of its tensors, as a Blueprint), and its name in the list of mase/frontend/CMakeLists.txt.
/// docs/architectures.md has the recipe.
#pragma once

#include "mase/frontend/architectures/config_keys.h"
#include "mase/frontend/architectures/model_builder.h"
#include "mase/frontend/architectures/model_config.h"
#include "mase/frontend/json.h"
#include "mase/frontend/safetensors.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <filesystem>
#include <memory>

namespace mase {

/// A model that its config describes.
class Blueprint {
public:
  virtual ~Blueprint() = default;
  virtual const ModelConfig &config() const = 0;

  /// Emits the model's operators in the order in which they run, and returns the logits: tokens x vocabulary, or of a
  /// classifier 1 x classes. `ids`: tokens, i32. The order of the linears numbers the slots of a format assignment. The
  /// tensors that it names are those that a checkpoint must hold.
  virtual mlir::Value wire(ModelBuilder &builder, mlir::Value ids) const = 0;

  /// How the names of tensors end which a checkpoint may hold beside those, because the config determines them.
  virtual std::vector<std::string> derivedTensors() const { return {}; }

  /// What a checkpoint may leave away in front of all names but those of a head: published GPT-2s do.
  virtual std::string omissiblePrefix() const { return {}; }
};

struct Architecture {
  const char *name; ///< as config.json's `architectures` has it
  /// Errors  InputError: the config asks for something that is not implemented, or for nothing sensible.
  std::unique_ptr<Blueprint> (*read)(const JsonObject &config);
};

/// What `read` of an Architecture is for a blueprint of class `Model` over the config that `readConfig` reads: as it
/// is, or with a head that tells classes apart.
template <typename Model, auto readConfig>
std::unique_ptr<Blueprint> languageModel(const JsonObject &config) {
  return std::make_unique<Model>(readConfig(config));
}
template <typename Model, auto readConfig>
std::unique_ptr<Blueprint> classifier(const JsonObject &config) {
  auto read = readConfig(config);
  read.classes = readClasses(config);
  return std::make_unique<Model>(std::move(read));
}

/// One for each folder.
namespace architectures {
#define MASE_ARCHITECTURE(name) extern const Architecture name;
#include "mase/frontend/architectures/architectures.inc"
#undef MASE_ARCHITECTURE
} // namespace architectures

std::vector<const Architecture *> knownArchitectures();

/// Reads `modelDir`/config.json by the architecture that it names.
/// Errors  InputError: an unknown architecture (with the known ones), and those of Architecture::read.
std::unique_ptr<Blueprint> readBlueprint(const std::filesystem::path &modelDir);
/// The same from the file's text; `file` is what errors start with.
std::unique_ptr<Blueprint> parseBlueprint(std::string_view file, std::string_view text);

/// Puts the blueprint's omissible prefix in front of names where no tensor has it.
void completeNames(const Blueprint &blueprint, TensorTable &table);

/// From a model's config to its IR: `func.func @main(%ids: tensor<?xi32>) -> tensor<?xVxf32>`, ids to logits, in a
/// `context` that knows the dialect (mase/ops/register_dialect.h). A second argument has the tokens' types, where the
/// model reads them. Each operator's location is its module's name.
mlir::OwningOpRef<mlir::ModuleOp> buildModel(mlir::MLIRContext &context, const Blueprint &blueprint,
                                             ElementTypeOf elementTypeOf);

/// The same with f32 for every tensor, before any file is looked at.
mlir::OwningOpRef<mlir::ModuleOp> buildModel(mlir::MLIRContext &context, const Blueprint &blueprint);

/// The same with the element types of the files, which are checked to hold the model's tensors and no others.
/// Errors  InputError, as checkTensors (model_tensors.h).
mlir::OwningOpRef<mlir::ModuleOp> buildModel(mlir::MLIRContext &context, const Blueprint &blueprint,
                                             const TensorTable &table);

} // namespace mase
