// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/model_files.h"

#include "mase/frontend/gguf/gguf_model.h"
#include "mase/frontend/lora/lora_adapter.h"
#include "mase/support/error.h"

namespace mase {
namespace {
namespace fs = std::filesystem;

/// Files that a copy takes over as they are.
constexpr const char *copiedFiles[] = {"generation_config.json",
                                       "tokenizer.json",
                                       "tokenizer.model",
                                       "tokenizer_config.json",
                                       "special_tokens_map.json",
                                       "added_tokens.json",
                                       "vocab.json",
                                       "vocab.txt",
                                       "merges.txt",
                                       "chat_template.jinja"};

class DirectoryFiles : public ModelFiles {
public:
  explicit DirectoryFiles(fs::path directory) : directory_(std::move(directory)) {}
  std::string configText() const override { return readTextFile(configName()); }
  std::string configName() const override { return (directory_ / "config.json").string(); }
  TensorTable tensors() const override { return openSafetensors(directory_); }
  Tokenizer tokenizer() const override { return Tokenizer::read(directory_); }
  std::optional<ChatSource> chat() const override { return readChatSource(directory_); }
  std::map<std::string, std::string> otherFiles() const override {
    std::map<std::string, std::string> files;
    for (const char *name : copiedFiles)
      if (fs::exists(directory_ / name))
        files[name] = readTextFile(directory_ / name);
    return files;
  }

private:
  fs::path directory_;
};

/// The directory of an ONNX file, which holds everything but the tensors.
class OnnxFiles final : public DirectoryFiles {
public:
  explicit OnnxFiles(const fs::path &file)
      : DirectoryFiles(fs::absolute(file).parent_path()), graph_(onnx::File::open(file)) {
    if (!fs::exists(configName()))
      fail("{}: has no config.json beside it (optimum writes one; Hugging Face's own is right)", file.string());
  }
  TensorTable tensors() const override {
    fail("{}: the tensors of an ONNX file have no names of their own (an adapter's base is a directory or a GGUF file)",
         graph_.name());
  }
  const onnx::File *graph() const override { return &graph_; }

private:
  onnx::File graph_;
};

class GgufFiles final : public ModelFiles {
public:
  explicit GgufFiles(const fs::path &file) : file_(file.string()), model_(gguf::GgufModel::open(file)) {}
  std::string configText() const override { return model_.config().dump(2) + "\n"; }
  std::string configName() const override { return file_; }
  TensorTable tensors() const override { return model_.tensors(); }
  Tokenizer tokenizer() const override { return Tokenizer::parse(file_, model_.tokenizer().dump()); }
  std::optional<ChatSource> chat() const override { return model_.chat(); }
  std::map<std::string, std::string> otherFiles() const override {
    return {{"tokenizer.json", model_.tokenizer().dump() + "\n"}};
  }

private:
  std::string file_;
  gguf::GgufModel model_;
};

class AdaptedFiles final : public ModelFiles {
public:
  AdaptedFiles(std::unique_ptr<ModelFiles> base, LoraAdapter adapter)
      : base_(std::move(base)), adapter_(std::move(adapter)) {}
  std::string configText() const override {
    return adapter_.config(parseJson(base_->configName(), base_->configText())).dump(2) + "\n";
  }
  std::string configName() const override { return base_->configName(); }
  TensorTable tensors() const override { return adapter_.merged(base_->tensors()); }
  Tokenizer tokenizer() const override { return base_->tokenizer(); }
  std::optional<ChatSource> chat() const override { return base_->chat(); }
  std::map<std::string, std::string> otherFiles() const override { return base_->otherFiles(); }

private:
  std::unique_ptr<ModelFiles> base_;
  LoraAdapter adapter_;
};

/// The base that an adapter names, if that is a path from here or from beside the adapter.
fs::path baseOf(const fs::path &folder, const LoraAdapter &adapter) {
  const fs::path name = adapter.baseName();
  for (const fs::path &path : {name, fs::absolute(folder).parent_path() / name})
    if (fs::exists(path))
      return path;
  fail("{}: its base {} is no path here (say where it is: {}@BASE)", folder.string(), inQuotes(name.string()),
       folder.string());
}

} // namespace

std::unique_ptr<ModelFiles> ModelFiles::open(const fs::path &path) {
  const std::string text = path.string();
  if (const size_t at = text.rfind('@'); at != std::string::npos && at > 0 && !fs::exists(path)) {
    const fs::path adapter = text.substr(0, at);
    return std::make_unique<AdaptedFiles>(open(text.substr(at + 1)), LoraAdapter::open(adapter));
  }
  if (LoraAdapter::isAdapter(path)) {
    LoraAdapter adapter = LoraAdapter::open(path);
    return std::make_unique<AdaptedFiles>(open(baseOf(path, adapter)), adapter);
  }
  if (path.extension() == ".gguf")
    return std::make_unique<GgufFiles>(path);
  if (path.extension() == ".onnx")
    return std::make_unique<OnnxFiles>(path);
  if (fs::exists(path / "model.onnx") && !fs::exists(path / "model.safetensors") &&
      !fs::exists(path / "model.safetensors.index.json"))
    return std::make_unique<OnnxFiles>(path / "model.onnx");
  return std::make_unique<DirectoryFiles>(path);
}

} // namespace mase
