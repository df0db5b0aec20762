// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ir/differentiable.h"
#include "mase/ops/kv_cache/kv_cache_ir.h"
#include "mase/ops/register_gradients.h"

namespace mase::ir {
namespace {

// On a fresh sequence, which is what training sees, the cache is the identity.
struct KvCacheGradient : public Differentiable::ExternalModel<KvCacheGradient, KvCacheOp> {
  llvm::SmallVector<mlir::Value> buildGradient(mlir::Operation *op, mlir::OpBuilder &builder, mlir::Value by,
                                               llvm::ArrayRef<bool> wanted) const {
    return {wanted[0] ? by : mlir::Value()};
  }
};

} // namespace

void gradients::kv_cache(mlir::MLIRContext &context) { KvCacheOp::attachInterface<KvCacheGradient>(context); }

} // namespace mase::ir
