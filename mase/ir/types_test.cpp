// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ir/types.h"

#include "mase/formats/registry.h"

#include "mlir/IR/MLIRContext.h"

#include <gmock/gmock.h>

namespace mase::ir {
namespace {

std::vector<std::string> everyExample() {
  std::vector<std::string> names;
  for (const FormatFamily &family : formatFamilies())
    for (const std::string &name : family.examples())
      names.push_back(name);
  return names;
}

// The contract of a format in the IR, for every family there is.
class FormatType : public testing::TestWithParam<std::string> {
protected:
  FormatType() { context_.loadDialect<MaseDialect>(); }
  mlir::MLIRContext context_;
};

TEST_P(FormatType, GivesItsFormatBack) {
  const Format &format = parseFormat(GetParam());
  mlir::Type type = typeOf(format, &context_);
  EXPECT_TRUE(isNumber(type));
  EXPECT_EQ(&formatOf(type), &format);
  EXPECT_EQ(type, typeOf(format, &context_));
  // A tensor's element type must be accepted by MLIR.
  EXPECT_TRUE(mlir::TensorType::isValidElementType(type));
}

TEST_P(FormatType, AnswersAsItsFormat) {
  const Format &format = parseFormat(GetParam());
  auto type = mlir::dyn_cast<NumberFormat>(typeOf(format, &context_));
  if (!type) {
    EXPECT_EQ(&format, &fp32()) << "only fp32 is a builtin type";
    return;
  }
  EXPECT_EQ(&type.format(), &format);
  EXPECT_EQ(type.bitsPerElement(), format.bitsPerElement());
  EXPECT_EQ(type.block(), format.block());
}

INSTANTIATE_TEST_SUITE_P(All, FormatType, testing::ValuesIn(everyExample()));

TEST(FormatTypes, FileTypesAreReadExactly) {
  mlir::MLIRContext context;
  for (mlir::Type type :
       {mlir::Type(mlir::BFloat16Type::get(&context)), mlir::Type(mlir::Float16Type::get(&context))}) {
    EXPECT_TRUE(isNumber(type));
    EXPECT_EQ(&formatOf(type), &fp32());
  }
  EXPECT_FALSE(isNumber(mlir::Float64Type::get(&context)));
  EXPECT_FALSE(isNumber(mlir::IntegerType::get(&context, 8)));
}

} // namespace
} // namespace mase::ir
