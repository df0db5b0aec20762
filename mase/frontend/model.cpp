// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/model.h"

#include "mase/frontend/onnx/graph_tensors.h"
#include "mase/frontend/packed_model.h"
#include "mase/frontend/packed_weights.h"
#include "mase/frontend/tasks/template_task.h"
#include "mase/ops/register_dialect.h"
#include "mase/runtime/format_config.h"
#include "mase/runtime/lower.h"
#include "mase/runtime/model_slots.h"
#include "mase/support/error.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

#include <map>

namespace mase {
namespace {
namespace fs = std::filesystem;

constexpr const char *directoryAttribute = "mase.directory";

mlir::func::FuncOp mainOf(mlir::ModuleOp module) { return module.lookupSymbol<mlir::func::FuncOp>("main"); }

// MLIR reports through a handler; the first line of what it says becomes our error.
mlir::OwningOpRef<mlir::ModuleOp> parse(const fs::path &path, mlir::MLIRContext &context) {
  std::string message;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) {
    if (message.empty()) {
      std::string where;
      if (auto location = mlir::dyn_cast<mlir::FileLineColLoc>(diagnostic.getLocation()))
        where = fmt::format("{}:{}: ", location.getLine(), location.getColumn());
      message = where + diagnostic.str();
    }
    return mlir::success();
  });
  if (!fs::exists(path))
    fail("{}: does not exist (a Hugging Face directory, a .gguf, .onnx or .mlir file)", path.string());
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(path.string(), mlir::ParserConfig(&context));
  if (!module)
    fail("{}: is not IR of this program: {}", path.string(), message);
  return module;
}

std::vector<float> valuesOf(const Tensor &tensor, const WeightView &view) {
  std::vector<float> values(static_cast<size_t>(tensor.elements));
  toFloat(tensor, values.data());
  return viewed(view, std::move(values));
}

/// Of which a weight's values are already: its blocks are those that were packed, of the whole tensor or within rows.
const Format *formatOf(const Tensor &tensor, const WeightView &view) {
  const PackedWeight *packed = tensor.packed.get();
  const bool same = packed && (view.isPlain() || (view.isRows() && packed->format->scaleReach() != ScaleReach::tensor));
  return same ? packed->format : nullptr;
}

/// The tensors by the names of the model's IR: a graph has them without names.
TensorTable tensorsOf(mlir::MLIRContext &context, const ModelFiles &files, const Blueprint &blueprint) {
  if (!files.graph())
    return files.tensors();
  const Json config = parseJson(files.configName(), files.configText());
  const auto padding = config.find("pad_token_id");
  const bool hasPadding = padding != config.end() && padding->is_number_unsigned();
  return onnx::tensorsOf(*files.graph(), *buildModel(context, blueprint), hasPadding ? padding->get<int64_t>() : -1);
}

} // namespace

Model Model::open(const fs::path &path) {
  Model model;
  mlir::DialectRegistry registry;
  ir::registerDialect(registry);
  model.context_ = std::make_unique<mlir::MLIRContext>(registry, mlir::MLIRContext::Threading::DISABLED);
  model.context_->loadAllAvailableDialects();
  const bool isIr = path.extension() == ".mlir" || path.extension() == ".mlirbc";
  if (isIr) {
    model.module_ = parse(path, *model.context_);
    auto directory = (*model.module_)->getAttrOfType<mlir::StringAttr>(directoryAttribute);
    if (!directory || !mainOf(*model.module_))
      fail("{}: does not name a model (mase import writes files that do)", path.string());
    model.directory_ = path.parent_path() / directory.str();
  } else {
    model.directory_ = path;
  }
  model.files_ = ModelFiles::open(model.directory_);
  model.blueprint_ = parseBlueprint(model.files_->configName(), model.files_->configText());
  model.tensors_ = std::make_shared<TensorTable>(tensorsOf(*model.context_, *model.files_, *model.blueprint_));
  completeNames(*model.blueprint_, *model.tensors_);
  // Built in any case: what the config describes is what the files must hold.
  mlir::OwningOpRef<mlir::ModuleOp> built = buildModel(*model.context_, *model.blueprint_, *model.tensors_);
  if (!isIr) {
    model.module_ = std::move(built);
    model.assignStoredFormats();
  }
  return model;
}

void Model::assignStoredFormats() {
  if (!config().quantized)
    return;
  const FormatConfig config = readFormatConfig(directory_ / "formats.toml");
  assign(resolve(config, slots()));
  checkPackedFormats(*module_, *tensors_, config.file);
}

std::string Model::name() const {
  const fs::path path = fs::weakly_canonical(directory_);
  return (path.extension() == ".gguf" || path.extension() == ".onnx" ? path.stem() : path.filename()).string();
}

const Tokenizer &Model::tokenizer() const {
  if (!tokenizer_)
    tokenizer_ = std::make_shared<Tokenizer>(files_->tokenizer());
  return *tokenizer_;
}

std::vector<Slot> Model::slots() { return slotsOf(mainOf(*module_)); }

FormatAssignment Model::assignment() { return assignmentOf(mainOf(*module_)); }

void Model::assign(const FormatAssignment &assignment) { applyAssignment(mainOf(*module_), assignment); }

std::string Model::text(const fs::path &place) {
  const fs::path relative = fs::relative(fs::absolute(directory_), fs::absolute(place).parent_path());
  (*module_)->setAttr(directoryAttribute, mlir::StringAttr::get(context_.get(), relative.string()));
  std::string text;
  llvm::raw_string_ostream stream(text);
  module_->print(stream);
  return text + "\n";
}

const Tensor &Model::tensorFor(const std::string &name, const WeightView &view) const {
  const Tensor *tensor = tensors_->find(name);
  if (!tensor)
    fail("{}: has no tensor '{}' (the IR asks for it)", directory_.string(), name);
  if (tensor->shape != view.stored)
    fail("{}: tensor {} is {}, but the IR reads {}", tensor->file, name, shapeText(tensor->shape),
         shapeText(view.stored));
  return *tensor;
}

Plan Model::plan(int64_t context) {
  auto memory = std::make_shared<std::map<std::string, std::vector<float>>>();
  const auto source = [&](const std::string &name, const WeightView &view) -> Constant {
    const Tensor &tensor = tensorFor(name, view);
    std::vector<float> &values = (*memory)[name + " " + view.key()];
    if (values.empty())
      values = valuesOf(tensor, view);
    const int64_t cols = view.shape.back();
    return {name, {values.data(), std::ssize(values) / cols, cols}, formatOf(tensor, view)};
  };
  Graph graph = lower(mainOf(*module_), context, source);
  graph.memory = memory;
  return Plan(std::move(graph));
}

Graph Model::unloadedGraph(int64_t context) {
  const auto source = [&](const std::string &name, const WeightView &view) -> Constant {
    const Tensor &tensor = tensorFor(name, view);
    int64_t rows = 1;
    for (size_t d = 0; d + 1 < view.shape.size(); ++d)
      rows *= view.shape[d];
    return {name, {nullptr, rows, view.shape.back()}, formatOf(tensor, view), [&tensor, view] {
              std::vector<float> values = valuesOf(tensor, view);
              releasePages(tensor.bytes); // pages of the file that were read count as the program's memory, too
              return values;
            }};
  };
  return lower(mainOf(*module_), context, source);
}

int64_t Model::contextFor(int64_t requested) const {
  if (requested > config().maxPositions)
    fail("{}: has {} positions, fewer than the {} asked for", directory_.string(), config().maxPositions, requested);
  return requested > 0 ? requested : std::min<int64_t>(512, config().maxPositions);
}

TextWindows Model::windows(const fs::path &text, int64_t context) const {
  if (config().classes > 0)
    fail("{}: classifies texts and continues none (mase eval --task sst2 is right)", directory_.string());
  return readTextWindows(tokenizer(), text, context);
}

LabelledTexts Model::labelledTexts(const fs::path &file) const {
  assert(config().classes > 0);
  return readLabelledTexts(tokenizer(), file, config().classes, config().maxPositions);
}

bool Model::asksQuestions(std::string_view task) const {
  return task == "questions" || task.ends_with(".toml") || (task == "sst2" && config().classes == 0);
}

EncodedQuestions Model::questions(std::string_view task, const fs::path &file, int64_t context,
                                  const QuestionOptions &options) const {
  assert(asksQuestions(task));
  if (config().classes > 0)
    fail("{}: classifies texts and answers no questions (mase eval --task sst2 is right)", directory_.string());
  std::unique_ptr<QuestionShape> shape; // none: by the keys
  if (task == "sst2")
    shape = sst2Prompt();
  else if (task != "questions")
    shape = readTaskFile(task);
  return encodeQuestions(tokenizer(), readQuestions(file, shape.get(), options),
                         context > 0 ? contextFor(context) : config().maxPositions);
}

namespace {

TaskData windowsOfText(TextWindows windows, int64_t limit) {
  if (limit > 0 && limit < windows.count())
    windows = windows.slice(0, limit);
  auto text = std::make_shared<TextWindows>(std::move(windows));
  return {views(*text), text->context(), text->targetBytes(), text};
}

TaskData rightAnswers(EncodedQuestions encoded) {
  auto questions = std::make_shared<EncodedQuestions>(std::move(encoded));
  TaskData data = {{}, questions->longest, questions->goldBytes, questions};
  for (size_t q = 0; q < questions->groups.size(); ++q) {
    const ScoreRequest &right = questions->groups[q][questions->gold[q]];
    const std::span<const int32_t> ids = right.ids;
    data.examples.push_back({ids.first(ids.size() - 1), ids.subspan(static_cast<size_t>(right.first))});
  }
  return data;
}

TaskData textsWithClasses(LabelledTexts labelled, int64_t limit) {
  auto texts = std::make_shared<LabelledTexts>(std::move(labelled));
  TaskData data = {{}, texts->longest, 0, texts};
  for (size_t i = 0; i < texts->ids.size() && (limit == 0 || std::ssize(data.examples) < limit); ++i)
    data.examples.push_back({texts->ids[i], std::span(texts->labels).subspan(i, 1)});
  return data;
}

} // namespace

TaskData Model::task(std::string_view name, const fs::path &file, int64_t context, int64_t limit) const {
  if (name == "lm")
    return windowsOfText(windows(file, contextFor(context)), limit);
  if (asksQuestions(name))
    return rightAnswers(questions(name, file, context, {{}, limit}));
  assert(name == "sst2");
  if (context > 0)
    fail("--context cuts the text of task lm (a text that is classified is read whole)");
  return textsWithClasses(labelledTexts(file), limit);
}

std::vector<WindowView> views(const TextWindows &windows) {
  std::vector<WindowView> result;
  for (int64_t w = 0; w < windows.count(); ++w)
    result.push_back({windows.inputs(w), windows.targets(w)});
  return result;
}

} // namespace mase
