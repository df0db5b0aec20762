// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/bert/bert_encoder.h"

namespace mase {
namespace {

class Bert final : public BertEncoder {
public:
  explicit Bert(BertConfig config) : BertEncoder(std::move(config), "bert") {}

private:
  mlir::Value head(ModelBuilder &b, mlir::Value x) const override {
    mlir::Value first = b.pool("bert.pooler", "first", x);
    first = b.tanh("bert.pooler", b.linear("bert.pooler.dense", first, c_.hiddenSize, Bias::yes));
    return b.linear("classifier", first, c_.classes, Bias::yes);
  }
};

} // namespace

const Architecture architectures::bert = {"BertForSequenceClassification", languageModel<Bert, readBertConfig>};

} // namespace mase
