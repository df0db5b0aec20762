// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ir/attributes.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

#define GET_ATTRDEF_CLASSES
#include "mase/ir/attributes.cpp.inc"

namespace mase::ir {

using namespace mlir;

void MaseDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "mase/ir/attributes.cpp.inc"
      >();
}

LogicalResult HwAttr::verify(function_ref<InFlightDiagnostic()> emitError, StringRef ip, ArrayRef<int64_t> tile) {
  if (ip.empty())
    return emitError() << "hw has no ip (the name of a hardware template)";
  if (tile.empty() || llvm::any_of(tile, [](int64_t size) { return size < 1; }))
    return emitError() << "hw tile [" << tile << "] is not a list of positive sizes";
  return success();
}

} // namespace mase::ir
