// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/passes/edited_model.h"

#include "mase/frontend/safetensors_writer.h"
#include "mase/runtime/format_config.h"
#include "mase/runtime/lower.h"
#include "mase/support/error.h"
#include "mase/support/output.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace mase {
namespace {
namespace fs = std::filesystem;

void checkPlace(const fs::path &directory, const fs::path &source) {
  std::error_code cannotTell;
  if (!fs::exists(directory, cannotTell))
    return;
  if (fs::equivalent(directory, source, cannotTell))
    fail("{}: is the model itself (another folder for what passes make of it)", directory.string());
  const bool isOwn = fs::exists(directory / "formats.toml") && fs::exists(directory / "model.safetensors");
  if (!fs::is_directory(directory) || (!fs::is_empty(directory) && !isOwn))
    fail("{}: holds something else (a new folder, or one that mase optimize or mase train wrote)", directory.string());
}

} // namespace

EditedModel::EditedModel(Model &model, int64_t context) : model_(model) {
  const auto source = [&](const std::string &name, const WeightView &view) -> Constant {
    const Tensor &tensor = *model.tensors().find(name);
    std::vector<float> &values = memory_[name + " " + view.key()];
    if (values.empty()) {
      values.resize(static_cast<size_t>(tensor.elements));
      toFloat(tensor, values.data());
      values = viewed(view, std::move(values));
      origins_[values.data()] = {name, view};
    }
    const int64_t cols = view.shape.back();
    return {name, {values.data(), std::ssize(values) / cols, cols}, nullptr};
  };
  const Graph graph = lower(model.module().lookupSymbol<mlir::func::FuncOp>("main"), context, source);
  weights_ = std::make_unique<Weights>(graph);
}

void EditedModel::set(
    const std::function<std::span<const float>(const std::string &name, const WeightView &view)> &source) {
  for (size_t s = 0; s < weights_->graph().steps.size(); ++s)
    for (size_t k = 0; weights_->has(s, k); ++k) {
      const Origin &origin = origins_.at(weights_->origin(s, k));
      const std::span<const float> values = source(origin.name, origin.view);
      std::copy(values.begin(), values.end(), weights_->constant(s, k).data);
    }
}

// By name. A tensor that a linear and an embedding read is the embedding's; the linear's gets its module's name.
std::map<std::string, std::vector<float>> EditedModel::changedTensors() const {
  std::map<std::string, std::vector<float>> result;
  std::map<std::string, bool> readByOthers;
  const Graph &graph = weights_->graph();
  for (const GraphStep &step : graph.steps)
    for (const Constant &constant : step.op.constants)
      readByOthers[constant.name] = readByOthers[constant.name] || step.op.name != "linear";
  for (size_t s = 0; s < graph.steps.size(); ++s)
    for (size_t k = 0; weights_->has(s, k); ++k) {
      const ConstMatrixView now = weights_->constant(s, k);
      const float *before = weights_->origin(s, k);
      const Origin &origin = origins_.at(before);
      if (std::equal(now.data, now.data + now.rows * now.cols, before))
        continue;
      const bool tied = weights_->is(s, "linear") && readByOthers.at(origin.name);
      std::vector<float> &stored = result[tied ? graph.steps[s].module + ".weight" : origin.name];
      if (stored.empty()) {
        const Tensor &tensor = *model_.tensors().find(origin.name);
        stored.resize(static_cast<size_t>(tensor.elements));
        toFloat(tensor, stored.data());
      }
      putBack(origin.view, {now.data, static_cast<size_t>(now.rows * now.cols)}, stored);
    }
  // An embedding that changed leaves its head what it was.
  for (const size_t s : weights_->linears()) {
    const std::string name = graph.steps[s].op.constants[0].name, own = graph.steps[s].module + ".weight";
    if (readByOthers.at(name) && result.contains(name) && !result.contains(own)) {
      const ConstMatrixView w = weights_->constant(s, 0);
      result[own].assign(w.data, w.data + w.rows * w.cols);
    }
    // Changed alike, they stay one.
    if (readByOthers.at(name) && result.contains(name) && result.contains(own) && result[own] == result[name])
      result.erase(own);
  }
  return result;
}

void EditedModel::check(const fs::path &directory) const { checkPlace(directory, model_.directory()); }

void EditedModel::write(const fs::path &directory, const FormatAssignment &assignment,
                        const std::map<std::string, std::string> &others) const {
  check(directory);
  std::map<std::string, std::vector<float>> changed = changedTensors();
  std::vector<TensorEntry> entries;
  bool untied = false;
  for (const Tensor &tensor : model_.tensors().tensors()) {
    if (!changed.contains(tensor.name) && tensor.dtype != Dtype::Packed && tensor.dtype != Dtype::Blocks) {
      entries.push_back({tensor.name, tensor.dtypeName, tensor.shape, static_cast<int64_t>(tensor.bytes.size())});
      continue;
    }
    if (!changed.contains(tensor.name)) {
      std::vector<float> &values = changed[tensor.name];
      values.resize(static_cast<size_t>(tensor.elements));
      toFloat(tensor, values.data());
    }
    entries.push_back({tensor.name, "F32", tensor.shape, 4 * tensor.elements});
  }
  for (const size_t s : weights_->linears()) {
    const std::string own = weights_->step(s).module + ".weight";
    if (!changed.contains(own) || model_.tensors().find(own))
      continue;
    const ConstMatrixView w = weights_->constant(s, 0);
    entries.push_back({own, "F32", {w.rows, w.cols}, 4 * w.rows * w.cols});
    untied = true;
  }

  OutputDirectory output(directory);
  SafetensorsWriter writer(output.staging() / "model.safetensors", {{"format", "pt"}}, entries);
  for (const TensorEntry &entry : entries)
    if (const auto found = changed.find(entry.name); found != changed.end())
      writer.write(entry.name, std::as_bytes(std::span(found->second)));
    else
      writer.write(entry.name, model_.tensors().find(entry.name)->bytes);
  writer.finish();
  auto json = nlohmann::ordered_json::parse(model_.files().configText());
  json.erase("quantization_config");
  if (untied)
    json["tie_word_embeddings"] = false;
  for (const char *key : {"dtype", "torch_dtype"}) // or loaders would round what passes left
    if (json.contains(key))
      json[key] = "float32";
  writeFile(output.staging() / "config.json", json.dump(2) + "\n");
  writeFile(output.staging() / "formats.toml", writeFormatConfig(assignment, model_.slots()));
  for (const auto &[name, text] : model_.files().otherFiles())
    writeFile(output.staging() / name, text);
  for (const auto &[name, text] : others)
    writeFile(output.staging() / name, text);
  output.commit();
}

} // namespace mase
