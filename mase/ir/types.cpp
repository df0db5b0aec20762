// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ir/types.h"

#include "mase/formats/fixed/fixed.h"
#include "mase/formats/mxint/mxint.h"
#include "mase/formats/registry.h"
#include "mase/support/error.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

#include "mase/ir/number_format.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "mase/ir/types.cpp.inc"

namespace mase::ir {

using namespace mlir;

namespace {

// The registry decides which formats exist; its text becomes the diagnostic, since no exception may pass through MLIR.
LogicalResult verifyFormat(function_ref<InFlightDiagnostic()> emitError, const std::string &name) {
  try {
    parseFormat(name);
    return success();
  } catch (const InputError &error) {
    return emitError() << error.what();
  }
}

std::string mxIntName(unsigned bits, int64_t rows, int64_t columns) {
  return fmt::format("mxint{}:{}x{}", bits, rows, columns);
}

std::string fixedName(unsigned width, int fraction) { return fmt::format("fixed<{},{}>", width, fraction); }

// A family of formats with a type of its own. Every other format is a NamedFormatType.
struct TypeFamily {
  bool (*owns)(const Format &);
  Type (*of)(const Format &, MLIRContext *);
};
constexpr TypeFamily typeFamilies[] = {
    {[](const Format &format) { return &format == &fp32(); },
     [](const Format &, MLIRContext *context) -> Type { return Float32Type::get(context); }},
    {MxIntType::owns, MxIntType::of},
    {FixedType::owns, FixedType::of},
};

const TypeFamily *familyOf(const Format &format) {
  auto *family = llvm::find_if(typeFamilies, [&](const TypeFamily &family) { return family.owns(format); });
  return family == std::end(typeFamilies) ? nullptr : family;
}

} // namespace

void MaseDialect::registerTypes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "mase/ir/types.cpp.inc"
      >();
}

LogicalResult MxIntType::verify(function_ref<InFlightDiagnostic()> emitError, unsigned bits, int64_t rows,
                                int64_t columns) {
  return verifyFormat(emitError, mxIntName(bits, rows, columns));
}

const Format &MxIntType::format() const { return parseFormat(mxIntName(getBits(), getRows(), getColumns())); }

// Blocks of a whole row or tensor have no numbers to print.
bool MxIntType::owns(const Format &format) {
  return dynamic_cast<const MxInt *>(&format) && std::max(format.block().rows, format.block().cols) < BlockShape::whole;
}

Type MxIntType::of(const Format &format, MLIRContext *context) {
  return get(context, format.elementBits(), format.block().rows, format.block().cols);
}

Type MxIntType::parse(AsmParser &parser) {
  unsigned bits = 0;
  SmallVector<int64_t> block = {1, 32};
  if (parser.parseLess() || parser.parseInteger(bits))
    return {};
  if (succeeded(parser.parseOptionalComma())) {
    SMLoc where = parser.getCurrentLocation();
    if (parser.parseKeyword("block") || parser.parseEqual())
      return {};
    FailureOr<SmallVector<int64_t>> list = parseIntList(parser);
    if (failed(list))
      return {};
    block = *list;
    if (block.size() != 2) {
      parser.emitError(where, "block has ") << block.size() << " dimensions (2 are right: [rows, columns])";
      return {};
    }
  }
  if (parser.parseGreater())
    return {};
  return parser.getChecked<MxIntType>(parser.getContext(), bits, block[0], block[1]);
}

void MxIntType::print(AsmPrinter &printer) const {
  printer << '<' << getBits();
  if (BlockShape{getRows(), getColumns()} != BlockShape{}) {
    printer << ", block = ";
    printIntList(printer, {getRows(), getColumns()});
  }
  printer << '>';
}

LogicalResult FixedType::verify(function_ref<InFlightDiagnostic()> emitError, unsigned width, int fraction) {
  return verifyFormat(emitError, fixedName(width, fraction));
}

const Format &FixedType::format() const { return parseFormat(fixedName(getWidth(), getFraction())); }

bool FixedType::owns(const Format &format) { return dynamic_cast<const Fixed *>(&format); }

Type FixedType::of(const Format &format, MLIRContext *context) {
  return get(context, format.elementBits(), static_cast<const Fixed &>(format).fractionBits());
}

LogicalResult NamedFormatType::verify(function_ref<InFlightDiagnostic()> emitError, StringRef name) {
  if (failed(verifyFormat(emitError, name.str())))
    return failure();
  const Format &format = parseFormat(name.str());
  // One format, one type: equal formats must be equal types.
  if (format.name() != name)
    return emitError() << "format '" << name << "' is not the short name ('" << format.name() << "' is)";
  if (familyOf(format))
    return emitError() << "format '" << name << "' has a type of its own (!mase.format is for those that have none)";
  return success();
}

const Format &NamedFormatType::format() const { return parseFormat(getName().str()); }

Type typeOf(const Format &format, MLIRContext *context) {
  if (const TypeFamily *family = familyOf(format))
    return family->of(format, context);
  return NamedFormatType::get(context, format.name());
}

const Format &formatOf(Type elementType) {
  if (auto format = dyn_cast<NumberFormat>(elementType))
    return format.format();
  assert(isa<FloatType>(elementType) && "not a number");
  return fp32();
}

const Format &formatOf(Value tensor) { return formatOf(cast<ShapedType>(tensor.getType()).getElementType()); }

bool isNumber(Type elementType) {
  return isa<NumberFormat>(elementType) || elementType.isF32() || elementType.isBF16() || elementType.isF16();
}

} // namespace mase::ir
