// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MASE_OPS_KV_CACHE_TD
#define MASE_OPS_KV_CACHE_TD

include "mase/ir/operator.td"

def Mase_KvCacheState : Resource<"::mase::ir::KvCacheState">;

def Mase_KvCacheOp : Mase_HwOp<"kv_cache", (ins Mase_Heads:$input, StrAttr:$name),
    [MemoryEffects<[MemRead<Mase_KvCacheState>, MemWrite<Mase_KvCacheState>]>]> {
  let summary = "Appends rows to a cache and reads all of them";
  let description = [{
    Each operator owns a cache, which `name` names and which is empty at the start of a sequence. The input's rows are
    appended; the result is the cache: rows of earlier calls, then the input's. On a fresh sequence it is the identity.
    The state is modelled as an effect on the resource `KvCacheState`, so that the operator is never merged with another,
    moved across one, or dropped. Cached rows are never changed.

    ```mlir
    %all = mase.kv_cache "model.layers.0.self_attn.k" %k : tensor<2x?x32xf32> -> tensor<2x?x32xf32>
    ```
  }];
  let assemblyFormat = "$name $input attr-dict `:` type($input) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "::llvm::StringRef":$name)>];
  let hasVerifier = 1;
}

#endif
