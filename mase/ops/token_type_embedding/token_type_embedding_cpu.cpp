// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/token_type_embedding/token_type_embedding_cpu.h"

#include "mase/ops/added_row.h"

namespace mase {
namespace {

class TokenTypeEmbedding final : public Kernel {
public:
  explicit TokenTypeEmbedding(const OperatorDescription &description) : table_(description.constants.at(0).values) {}

  void run(const KernelCall &call) const override {
    addTableRows(call, table_, [&](int64_t token) {
      return call.tokenTypes.empty() ? 0 : call.tokenTypes[static_cast<size_t>(token)];
    });
  }

private:
  ConstMatrixView table_;
};

} // namespace

std::unique_ptr<Kernel> makeTokenTypeEmbedding(const OperatorDescription &description) {
  return std::make_unique<TokenTypeEmbedding>(description);
}

} // namespace mase
