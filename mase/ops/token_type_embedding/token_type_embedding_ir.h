// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase.token_type_embedding`: adds to each row the row of a learned table that its token's type chooses.
///
/// input and result: tokens x features; types: tokens, i32; table: types x features. The builder without a result type
/// gives an f32 result.
/// Source  Devlin et al., BERT, 2019 (segment embeddings)
#pragma once

#include "mase/ir/operator.h"

#define GET_OP_CLASSES
#include "mase/ops/token_type_embedding/token_type_embedding.h.inc"
