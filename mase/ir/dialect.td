// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The dialect `mase`: a model as operators joined by values. Operators are defined in mase/ops/<name>/<name>.td.
#ifndef MASE_IR_DIALECT_TD
#define MASE_IR_DIALECT_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"

def Mase_Dialect : Dialect {
  let name = "mase";
  let cppNamespace = "::mase::ir";
  let summary = "Language models in microscaling formats";
  let description = [{
    A model is one function over tensors. A tensor's element type says how its numbers are stored: `f32`, or a number
    format such as `!mase.mxint<4>`. Formats change only at `mase.cast`. Weights are references into files
    (`mase.weight`), never literals. docs/ir.md has the reasons.
  }];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let extraClassDeclaration = [{
    /// Called by each operator's folder (mase/ops/register_dialect.h).
    template <typename... Ops> void addOperators() { addOperations<Ops...>(); }

  private:
    void registerTypes();
    void registerAttributes();

  public:
  }];
}

/// A list of integers in brackets, which may stand inside struct(params).
class Mase_IntList<string description> : ArrayRefParameter<"int64_t", description> {
  let parser = "::mase::ir::parseIntList($_parser)";
  let printer = "::mase::ir::printIntList($_printer, $_self)";
}

#endif
