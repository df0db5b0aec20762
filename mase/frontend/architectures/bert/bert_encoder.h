// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The wiring that BERT and RoBERTa share: embeddings of words, types and positions, and layers whose norms stand
/// behind the sums. The names of modules differ in their root, and in the head.
///
/// Source  Devlin et al., BERT, 2019; Liu et al., RoBERTa, 2019
#pragma once

#include "mase/frontend/architectures/architecture.h"
#include "mase/frontend/architectures/bert/bert_config.h"

namespace mase {

class BertEncoder : public Blueprint {
public:
  /// root  of all names but the head's: "bert"
  BertEncoder(BertConfig config, std::string root) : c_(std::move(config)), root_(std::move(root)) {}

  const ModelConfig &config() const override { return c_; }
  /// Old checkpoints carry the numbers 0, 1, 2 ... of the positions.
  std::vector<std::string> derivedTensors() const override { return {".embeddings.position_ids"}; }
  mlir::Value wire(ModelBuilder &b, mlir::Value ids) const override;

protected:
  /// From the first token's row to classes.
  virtual mlir::Value head(ModelBuilder &b, mlir::Value x) const = 0;

  BertConfig c_;
  std::string root_;

private:
  mlir::Value norm(ModelBuilder &b, const std::string &module, mlir::Value x) const;
  mlir::Value layer(ModelBuilder &b, const std::string &module, mlir::Value x) const;
  mlir::Value mixed(ModelBuilder &b, const std::string &module, mlir::Value x) const;
};

} // namespace mase
