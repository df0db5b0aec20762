// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the definitions of operators share: operand types by rank, and the base classes.
#ifndef MASE_IR_OPERATOR_TD
#define MASE_IR_OPERATOR_TD

include "mase/ir/attributes.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Mase_Number : Type<CPred<"::mase::ir::isNumber($_self)">, "f32, bf16, f16 or a number format">;

class Mase_TensorOfRank<int rank, string shape>
    : RankedTensorOf<[Mase_Number], [HasAnyRankOfPred<[rank]>], shape # " tensor">;

def Mase_Tensor : RankedTensorOf<[Mase_Number]>;
def Mase_Vector : Mase_TensorOfRank<1, "features">;
def Mase_Matrix : Mase_TensorOfRank<2, "rows x columns">;
def Mase_Rows : Mase_TensorOfRank<2, "tokens x features">;
def Mase_Heads : Mase_TensorOfRank<3, "heads x tokens x features">;
def Mase_RowsOrHeads : RankedTensorOf<[Mase_Number], [HasAnyRankOfPred<[2, 3]>],
    "tokens x features or heads x tokens x features tensor">;
def Mase_Ids : RankedTensorOf<[I32], [HasAnyRankOfPred<[1]>], "tensor of i32 ids">;

def Mase_NoFormatLiterals : NativeOpTrait<"NoFormatLiterals"> {
  let cppNamespace = "::mase::ir";
}

/// Any operator.
class Mase_Op<string mnemonic, list<Trait> traits = []>
    : Op<Mase_Dialect, mnemonic, !listconcat(traits, [Mase_NoFormatLiterals])>;

/// An operator with one tensor as its result which may be mapped to hardware.
class Mase_HwOp<string mnemonic, dag inputs, list<Trait> traits = []> : Mase_Op<mnemonic, traits> {
  let arguments = !con(inputs, (ins OptionalAttr<Mase_HwAttr>:$hw));
  let results = (outs Mase_Tensor:$result);
}

#endif
