// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/bert/bert_encoder.h"
#include "mase/frontend/architectures/roberta/roberta_config.h"

namespace mase {
namespace {

class Roberta final : public BertEncoder {
public:
  explicit Roberta(BertConfig config) : BertEncoder(std::move(config), "roberta") {}

private:
  mlir::Value head(ModelBuilder &b, mlir::Value x) const override {
    mlir::Value first = b.pool("classifier", "first", x);
    first = b.tanh("classifier", b.linear("classifier.dense", first, c_.hiddenSize, Bias::yes));
    return b.linear("classifier.out_proj", first, c_.classes, Bias::yes);
  }
};

} // namespace

const Architecture architectures::roberta = {"RobertaForSequenceClassification",
                                             languageModel<Roberta, readRobertaConfig>};

} // namespace mase
