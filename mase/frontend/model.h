// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A model as a command takes it: MODEL is a Hugging Face directory, a GGUF file, a folder with packed weights that
/// `mase quantize` wrote, or a .mlir/.mlirbc file that `mase import` or `mase quantize` wrote.
///
/// The checkpoint is mapped, not read; the IR is built from its config; weights become resident when the plan is made.
#pragma once

#include "mase/frontend/architectures/architecture.h"
#include "mase/frontend/labelled_texts.h"
#include "mase/frontend/model_files.h"
#include "mase/frontend/tasks/questions.h"
#include "mase/frontend/text_windows.h"
#include "mase/runtime/evaluate.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace mase {

/// The data of a task as evaluate() takes it.
struct TaskData {
  std::vector<WindowView> examples;
  int64_t longest = 0; ///< tokens of an example: what the plan is made for
  int64_t bytes = 0;   ///< of the text that the targets stand for; 0 where they are classes
  std::shared_ptr<const void> memory;
};

class Model {
public:
  /// Errors  InputError: an unknown architecture, anything inconsistent in the directory, IR that does not verify.
  static Model open(const std::filesystem::path &path);

  /// Name for reports: the directory's, or the file's without its ending.
  std::string name() const;
  /// The directory or the GGUF file.
  const std::filesystem::path &directory() const { return directory_; }
  const ModelFiles &files() const { return *files_; }
  const TensorTable &tensors() const { return *tensors_; }
  const ModelConfig &config() const { return blueprint_->config(); }
  mlir::ModuleOp module() { return *module_; }
  /// Read when first asked for.
  const Tokenizer &tokenizer() const;

  /// The slots, as the plan numbers them; needs no weights.
  std::vector<Slot> slots();
  /// The formats that the IR's types hold: fp32 where nothing is quantised.
  FormatAssignment assignment();
  /// Writes formats into the types (mase/runtime/model_slots.h).
  void assign(const FormatAssignment &assignment);
  /// The IR as text, to be written at `place`: it names the model's directory from there.
  std::string text(const std::filesystem::path &place);
  /// Makes the plan for sequences of up to `context` tokens: weights are converted to fp32 here.
  Plan plan(int64_t context);
  /// The plan's graph with weights that stay in the file: for evaluateByLayers. Valid as long as the model.
  Graph unloadedGraph(int64_t context);

  /// The window length of task `lm`: `requested`, or the model's maximum, at most 512, when 0.
  /// Errors  InputError when the model has fewer positions.
  int64_t contextFor(int64_t requested) const;
  /// The text of a file cut into windows (task `lm`).
  /// Errors  InputError: the model is a classifier; as readTextWindows.
  TextWindows windows(const std::filesystem::path &text, int64_t context) const;

  /// The texts of a file with their classes (task `sst2`). Only of a classifier. Errors  as readLabelledTexts.
  LabelledTexts labelledTexts(const std::filesystem::path &file) const;
  /// Whether the task asks a language model questions: "questions", a task file that ends in .toml, or "sst2" of a
  /// model that does not classify.
  bool asksQuestions(std::string_view task) const;
  /// Those of a file (docs/tasks.md), for at most `context` positions, 0: as many as the model has.
  /// Errors  InputError: the model is a classifier; as readTaskFile, readQuestions, encodeQuestions.
  EncodedQuestions questions(std::string_view task, const std::filesystem::path &file, int64_t context,
                             const QuestionOptions &options = {}) const;
  /// The data of any task as texts with targets: lm, sst2, or questions, whose right answers are the targets.
  /// `context` is as contextFor or questions() takes it; `limit`: examples at most, 0: all.
  /// Errors  InputError: another kind of model than the task's, and those of reading the file.
  TaskData task(std::string_view name, const std::filesystem::path &file, int64_t context, int64_t limit = 0) const;

private:
  Model() = default;
  /// The tensor that the IR reads so.
  /// Errors  InputError when the checkpoint has none of that name and shape.
  const Tensor &tensorFor(const std::string &name, const WeightView &view) const;
  /// Of a folder with packed weights: the formats of its formats.toml.
  void assignStoredFormats();
  std::filesystem::path directory_;
  std::shared_ptr<ModelFiles> files_;
  std::unique_ptr<Blueprint> blueprint_;
  std::shared_ptr<TensorTable> tensors_;
  std::unique_ptr<mlir::MLIRContext> context_;
  mlir::OwningOpRef<mlir::ModuleOp> module_;
  mutable std::shared_ptr<Tokenizer> tokenizer_;
};

/// The windows as evaluate() takes them.
std::vector<WindowView> views(const TextWindows &windows);

} // namespace mase
