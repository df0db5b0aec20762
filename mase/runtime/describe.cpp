// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/describe.h"

#include "mlir/IR/BuiltinTypes.h"

namespace mase {

void copyAttributes(mlir::ArrayRef<mlir::NamedAttribute> attributes, OperatorDescription &description) {
  for (mlir::NamedAttribute attribute : attributes) {
    const std::string name = attribute.getName().str();
    if (mlir::isa<mlir::UnitAttr>(attribute.getValue()))
      description.attributes[name] = true;
    else if (auto flag = mlir::dyn_cast<mlir::BoolAttr>(attribute.getValue()))
      description.attributes[name] = flag.getValue();
    else if (auto integer = mlir::dyn_cast<mlir::IntegerAttr>(attribute.getValue()))
      description.attributes[name] = integer.getInt();
    else if (auto number = mlir::dyn_cast<mlir::FloatAttr>(attribute.getValue()))
      description.attributes[name] = number.getValueAsDouble();
    else if (auto text = mlir::dyn_cast<mlir::StringAttr>(attribute.getValue()))
      description.attributes[name] = text.str();
    else if (auto integers = mlir::dyn_cast<mlir::DenseI64ArrayAttr>(attribute.getValue()))
      description.attributes[name] = integers.asArrayRef().vec();
    else if (auto numbers = mlir::dyn_cast<mlir::DenseF64ArrayAttr>(attribute.getValue()))
      description.attributes[name] = numbers.asArrayRef().vec();
  }
}

ValueShape shapeOf(mlir::Value value) {
  auto type = mlir::cast<mlir::RankedTensorType>(value.getType());
  const int64_t cols = type.getShape().back();
  const int64_t rows = type.getDimSize(type.getRank() - 2);
  return {type.getRank() == 3 ? type.getDimSize(0) : 1, mlir::ShapedType::isDynamic(cols) ? -1 : cols,
          mlir::ShapedType::isDynamic(rows) ? -1 : rows};
}

} // namespace mase
