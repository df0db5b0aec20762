// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Where a model's config, tensors and tokenizer come from: a Hugging Face directory, one GGUF file, an ONNX file with
/// a config.json beside it, or a LoRA adapter beside one of the first two.
///
/// Opening maps; the tokenizer is read when it is asked for. Errors  InputError. No MLIR.
#pragma once

#include "mase/frontend/chat_template/chat_source.h"
#include "mase/frontend/onnx/onnx_file.h"
#include "mase/frontend/safetensors.h"
#include "mase/frontend/tokenizer.h"

#include <map>

namespace mase {

class ModelFiles {
public:
  virtual ~ModelFiles() = default;
  /// By what stands at `path`: a file that ends in .gguf or .onnx, an adapter (its base is what its config names, if
  /// that is a path), or a model's directory, which may have a model.onnx instead of safetensors. "ADAPTER@BASE" names
  /// both.
  static std::unique_ptr<ModelFiles> open(const std::filesystem::path &path);

  /// config.json: its text, and the name that errors about it begin with.
  virtual std::string configText() const = 0;
  virtual std::string configName() const = 0;
  /// Errors  there is a graph: its tensors have no names but through it.
  virtual TensorTable tensors() const = 0;
  /// What the model computes, where the files say it; mase/frontend/onnx/graph_tensors.h then finds the tensors.
  virtual const onnx::File *graph() const { return nullptr; }
  virtual Tokenizer tokenizer() const = 0;
  /// How the model is talked to; nothing where it has no chat template.
  virtual std::optional<ChatSource> chat() const = 0;
  /// Texts that a copy of the model needs beside config and weights (tokenizer.json ...), by name.
  virtual std::map<std::string, std::string> otherFiles() const = 0;
};

} // namespace mase
