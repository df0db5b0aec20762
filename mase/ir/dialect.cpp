// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ir/dialect.h"

#include "mase/ir/model_function.h"
#include "mase/ir/types.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Diagnostics.h"

#include "mase/ir/dialect.cpp.inc"

namespace mase::ir {

using namespace mlir;

void MaseDialect::initialize() {
  registerTypes();
  registerAttributes();
}

FailureOr<SmallVector<int64_t>> parseIntList(AsmParser &parser) {
  SmallVector<int64_t> list;
  auto parseOne = [&] { return parser.parseInteger(list.emplace_back()); };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseOne))
    return failure();
  return list;
}

void printIntList(AsmPrinter &printer, ArrayRef<int64_t> list) { printer << '[' << list << ']'; }

LogicalResult verifyNoFormatLiteral(Operation *op, NamedAttribute attribute) {
  auto literal = dyn_cast<ElementsAttr>(attribute.getValue());
  if (!literal || !isa<NumberFormat>(literal.getElementType()))
    return success();
  return op->emitOpError("attribute '") << attribute.getName().getValue() << "' is a literal of "
                                        << literal.getElementType()
                                        << ", which MLIR reads as empty (numbers in a format come from mase.weight)";
}

LogicalResult verifyNoFormatLiterals(Operation *op) {
  for (NamedAttribute attribute : op->getDiscardableAttrs())
    if (failed(verifyNoFormatLiteral(op, attribute)))
      return failure();
  return success();
}

// Attributes named `mase.*` on operations of other dialects.
LogicalResult MaseDialect::verifyOperationAttribute(Operation *op, NamedAttribute attribute) {
  if (attribute.getName() == maxPositionsName) {
    auto positions = dyn_cast<IntegerAttr>(attribute.getValue());
    if (!positions || !positions.getType().isInteger(64) || positions.getInt() < 1)
      return op->emitOpError("mase.max_positions is ") << attribute.getValue() << " (a positive i64 is right)";
  }
  return verifyNoFormatLiteral(op, attribute);
}

} // namespace mase::ir
