// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/model_slots.h"

#include "mase/formats/registry.h"
#include "mase/ops/cast/cast_ir.h"
#include "mase/ops/linear/linear_ir.h"
#include "mase/ops/register_dialect.h"
#include "mase/runtime/format_config.h"
#include "mase/support/error.h"
#include "mase/support/random.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

#include <gmock/gmock.h>

namespace mase {
namespace {

using testing::ElementsAre;

// q and k read one value; tied's weight is that of q; stored's weight is in a format already.
constexpr const char *text = R"(
  func.func @main(%x: tensor<?x128xf32>) -> tensor<?x64xf32> {
    %q = mase.weight "layers.3.q.weight" : tensor<64x128xbf16>
    %k = mase.weight "layers.3.k.weight" : tensor<32x128xbf16>
    %s = mase.weight "stored.weight" : tensor<64x64x!mase.mxint<8>>
    %0 = mase.linear %x, %q module "layers.3.q" : tensor<?x128xf32>, tensor<64x128xbf16> -> tensor<?x64xf32>
    %1 = mase.linear %x, %k module "layers.3.k" : tensor<?x128xf32>, tensor<32x128xbf16> -> tensor<?x32xf32>
    %2 = mase.linear %x, %q module "tied" : tensor<?x128xf32>, tensor<64x128xbf16> -> tensor<?x64xf32>
    %3 = mase.linear %0, %s module "stored" : tensor<?x64xf32>, tensor<64x64x!mase.mxint<8>> -> tensor<?x64xf32>
    return %3 : tensor<?x64xf32>
  })";

class ModelSlots : public testing::Test {
protected:
  ModelSlots() : context_(registry()) {
    module_ = mlir::parseSourceString<mlir::ModuleOp>(text, &context_);
    model_ = module_->lookupSymbol<mlir::func::FuncOp>("main");
  }

  static mlir::DialectRegistry registry() {
    mlir::DialectRegistry registry;
    ir::registerDialect(registry);
    return registry;
  }

  int casts() {
    int count = 0;
    model_.walk([&](ir::CastOp) { ++count; });
    return count;
  }

  std::string print() {
    std::string out;
    llvm::raw_string_ostream stream(out);
    module_->print(stream);
    return out;
  }

  static FormatAssignment formats(const std::vector<const char *> &names) {
    FormatAssignment assignment;
    for (const char *name : names)
      assignment.push_back(&parseFormat(name));
    return assignment;
  }

  mlir::MLIRContext context_;
  mlir::OwningOpRef<mlir::ModuleOp> module_;
  mlir::func::FuncOp model_;
};

TEST_F(ModelSlots, AreNamedAndCounted) {
  std::vector<Slot> slots = slotsOf(model_);
  std::vector<std::string> names, kinds;
  std::vector<int64_t> elements, layers;
  for (const Slot &slot : slots) {
    names.push_back(slot.name());
    kinds.push_back(slot.kind);
    elements.push_back(slot.elements);
    layers.push_back(slot.layer);
  }
  EXPECT_THAT(names, ElementsAre("layers.3.q.weight", "layers.3.q.input", "layers.3.k.weight", "layers.3.k.input",
                                 "tied.weight", "tied.input", "stored.weight", "stored.input"));
  EXPECT_THAT(kinds, ElementsAre("q", "q", "k", "k", "tied", "tied", "stored", "stored"));
  EXPECT_THAT(elements, ElementsAre(64 * 128, 128, 32 * 128, 128, 64 * 128, 128, 64 * 64, 64));
  EXPECT_THAT(layers, ElementsAre(3, 3, 3, 3, -1, -1, -1, -1));
}

TEST_F(ModelSlots, TypesAreTheAssignment) {
  EXPECT_EQ(assignmentOf(model_), formats({"fp32", "fp32", "fp32", "fp32", "fp32", "fp32", "mxint8", "fp32"}));
}

TEST_F(ModelSlots, ReadersOfOneFormatShareOneCast) {
  FormatAssignment assignment =
      formats({"mxint4", "mxint6", "mxint3", "mxint6", "mxint4", "mxint5:16x2", "mxint8", "fixed<16,8>"});
  applyAssignment(model_, assignment);
  EXPECT_TRUE(succeeded(mlir::verify(*module_)));
  EXPECT_EQ(assignmentOf(model_), assignment);
  // q in mxint4 (twice), k in mxint3, x in mxint6 (twice) and in mxint5:16x2, the input of stored; its weight is as is.
  EXPECT_EQ(casts(), 5);
  auto found = ir::linears(model_);
  EXPECT_EQ(found[0].getInput(), found[1].getInput());
  EXPECT_EQ(found[0].getWeight(), found[2].getWeight());
}

TEST_F(ModelSlots, Fp32TakesCastsAway) {
  std::string before = print();
  FormatAssignment first = assignmentOf(model_);
  applyAssignment(model_, FormatAssignment(8, &parseFormat("mxint4")));
  EXPECT_EQ(casts(), 5);
  applyAssignment(model_, first);
  EXPECT_EQ(print(), before);
}

TEST_F(ModelSlots, AWeightStoredInAFormatIsCastToFp32WhenAsked) {
  FormatAssignment assignment(8, &fp32());
  applyAssignment(model_, assignment);
  EXPECT_EQ(casts(), 1);
  EXPECT_EQ(assignmentOf(model_), assignment);
}

TEST_F(ModelSlots, ResultDependsOnTheAssignmentAlone) {
  std::vector<const Format *> choice;
  for (const FormatFamily &family : formatFamilies())
    for (const std::string &name : family.examples())
      choice.push_back(&parseFormat(name));
  Random random(1);
  auto draw = [&] {
    FormatAssignment assignment;
    for (int i = 0; i < 8; ++i)
      assignment.push_back(choice[random.below(choice.size())]);
    return assignment;
  };
  FormatAssignment last = draw();
  applyAssignment(model_, last);
  std::string expected = print();
  for (int i = 0; i < 50; ++i) {
    FormatAssignment other = draw();
    applyAssignment(model_, other);
    ASSERT_EQ(assignmentOf(model_), other) << i;
    ASSERT_TRUE(succeeded(mlir::verify(*module_)));
  }
  applyAssignment(model_, last);
  EXPECT_EQ(print(), expected);
}

TEST_F(ModelSlots, TomlToTypesToToml) {
  std::vector<Slot> slots = slotsOf(model_);
  FormatAssignment assignment =
      resolve(parseFormatConfig("\"layers.*\" = { weight = \"mxint3\", input = \"mxint6\" }\n"
                                "\"*\" = { weight = \"mxint5:16x2\", input = \"fixed<16,8>\" }\n",
                                "q.toml"),
              slots);
  std::string toml = writeFormatConfig(assignment, slots);
  applyAssignment(model_, assignment);
  EXPECT_EQ(writeFormatConfig(assignmentOf(model_), slots), toml);
  EXPECT_EQ(resolve(parseFormatConfig(toml, "out.toml"), slots), assignment);
}

TEST_F(ModelSlots, ModulesAreUnique) {
  ir::linears(model_)[1].setModule("layers.3.q");
  try {
    slotsOf(model_);
    FAIL() << "accepted";
  } catch (const InputError &error) {
    EXPECT_STREQ(error.what(), "main: two linears have the module 'layers.3.q' (each has a name of its own)");
  }
}

} // namespace
} // namespace mase
