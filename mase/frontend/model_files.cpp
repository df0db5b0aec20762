// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/model_files.h"

#include "mase/frontend/gguf/gguf_model.h"

namespace mase {
namespace {
namespace fs = std::filesystem;

/// Files that a copy takes over as they are.
constexpr const char *copiedFiles[] = {"generation_config.json",
                                       "tokenizer.json",
                                       "tokenizer_config.json",
                                       "special_tokens_map.json",
                                       "added_tokens.json",
                                       "vocab.json",
                                       "vocab.txt",
                                       "merges.txt",
                                       "chat_template.jinja"};

class DirectoryFiles final : public ModelFiles {
public:
  explicit DirectoryFiles(fs::path directory) : directory_(std::move(directory)) {}
  std::string configText() const override { return readTextFile(configName()); }
  std::string configName() const override { return (directory_ / "config.json").string(); }
  TensorTable tensors() const override { return openSafetensors(directory_); }
  Tokenizer tokenizer() const override { return Tokenizer::read(directory_); }
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

class GgufFiles final : public ModelFiles {
public:
  explicit GgufFiles(const fs::path &file) : file_(file.string()), model_(gguf::GgufModel::open(file)) {}
  std::string configText() const override { return model_.config().dump(2) + "\n"; }
  std::string configName() const override { return file_; }
  TensorTable tensors() const override { return model_.tensors(); }
  Tokenizer tokenizer() const override { return Tokenizer::parse(file_, model_.tokenizer().dump()); }
  std::map<std::string, std::string> otherFiles() const override {
    return {{"tokenizer.json", model_.tokenizer().dump() + "\n"}};
  }

private:
  std::string file_;
  gguf::GgufModel model_;
};

} // namespace

std::unique_ptr<ModelFiles> ModelFiles::open(const fs::path &path) {
  if (path.extension() == ".gguf")
    return std::make_unique<GgufFiles>(path);
  return std::make_unique<DirectoryFiles>(path);
}

} // namespace mase
