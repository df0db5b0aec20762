// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Element types and the formats behind them.
///
/// A type and a format name the same thing on the two sides of the IR: `typeOf` and `formatOf` go across and are each
/// other's inverse on every registered format. Neither knows a list of formats: a family without a type of its own is
/// a NamedFormatType.
#pragma once

#include "mase/formats/format.h"
#include "mase/ir/dialect.h"

#include "mlir/IR/BuiltinTypes.h"

#include "mase/ir/number_format.h.inc"
#define GET_TYPEDEF_CLASSES
#include "mase/ir/types.h.inc"

namespace mase::ir {

/// The element type of a tensor stored in `format`; fp32 is the builtin f32.
mlir::Type typeOf(const Format &format, mlir::MLIRContext *context);

/// The format of an element type for which isNumber holds. The builtin floats (f32, and bf16 and f16 as files store
/// weights) are read exactly, hence fp32.
const Format &formatOf(mlir::Type elementType);

/// The format of a tensor's elements.
const Format &formatOf(mlir::Value tensor);

/// Whether tensors of this element type hold numbers: f32, bf16, f16 or a NumberFormat.
bool isNumber(mlir::Type elementType);

} // namespace mase::ir
