// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The dialect `mase`, without its operators.
///
/// Types are in types.h, attributes in attributes.h, operators in mase/ops. To read or build IR, register everything
/// with `registerDialect` of mase/ops/register_dialect.h: a context that knows the dialect alone has no operator.
#pragma once

#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"

#include "mase/ir/dialect.h.inc"

namespace mase::ir {

/// `[1, 32]` in the parameters of a type or an attribute.
mlir::FailureOr<llvm::SmallVector<int64_t>> parseIntList(mlir::AsmParser &parser);
void printIntList(mlir::AsmPrinter &printer, llvm::ArrayRef<int64_t> list);

/// Refuses attributes that hold a dense literal of a number format: MLIR reads `dense<1> : tensor<4x!mase.mxint<4>>`
/// as an attribute without any element, and says nothing.
llvm::LogicalResult verifyNoFormatLiteral(mlir::Operation *op, mlir::NamedAttribute attribute);
llvm::LogicalResult verifyNoFormatLiterals(mlir::Operation *op);

/// The trait of every operator of the dialect that calls verifyNoFormatLiterals.
template <typename ConcreteType>
class NoFormatLiterals : public mlir::OpTrait::TraitBase<ConcreteType, NoFormatLiterals> {
public:
  static llvm::LogicalResult verifyTrait(mlir::Operation *op) { return verifyNoFormatLiterals(op); }
};

} // namespace mase::ir
