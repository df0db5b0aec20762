// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase.kv_cache`: appends rows to a cache and reads all of them.
///
/// heads x new tokens x features -> heads x all tokens x features. getName() names the cache, for the runtime and the
/// hardware. The builder gives an f32 result of a dynamic number of rows.
#pragma once

#include "mase/ir/operator.h"

namespace mase::ir {

/// What kv_cache operators read and write.
struct KvCacheState : mlir::SideEffects::Resource::Base<KvCacheState> {
  llvm::StringRef getName() override { return "KvCacheState"; }
};

} // namespace mase::ir

#define GET_OP_CLASSES
#include "mase/ops/kv_cache/kv_cache.h.inc"
