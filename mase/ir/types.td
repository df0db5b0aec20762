// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The element types of quantised tensors.
#ifndef MASE_IR_TYPES_TD
#define MASE_IR_TYPES_TD

include "mase/ir/dialect.td"
include "mase/ir/number_format.td"

class Mase_FormatType<string name, string typeMnemonic>
    : TypeDef<Mase_Dialect, name, [DeclareTypeInterfaceMethods<Mase_NumberFormat>]> {
  let mnemonic = typeMnemonic;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Whether `format` is of the family this type stands for, and its type when it is.
    static bool owns(const ::mase::Format &format);
    static ::mlir::Type of(const ::mase::Format &format, ::mlir::MLIRContext *context);
  }];
}

def Mase_MxIntType : Mase_FormatType<"MxInt", "mxint"> {
  let summary = "Microscaling integer: two's-complement elements under one power-of-two scale a block";
  let description = [{
    `bits` of an element, sign included, 2 to 12. The scale has 8 bits more. The block spans rows x columns of the last
    two dimensions; it is printed when it is not 1x32.

    ```mlir
    tensor<?x128x!mase.mxint<4>>                     // blocks of 1x32
    tensor<?x128x!mase.mxint<4, block = [16, 2]>>
    ```
  }];
  let parameters = (ins "unsigned":$bits, "int64_t":$rows, "int64_t":$columns);
  let builders = [TypeBuilder<(ins "unsigned":$bits), [{ return $_get($_ctxt, bits, 1, 32); }]>];
  let hasCustomAssemblyFormat = 1;
}

def Mase_FixedType : Mase_FormatType<"Fixed", "fixed"> {
  let summary = "Fixed point: integers of one static binary point for the whole tensor";
  let description = [{
    `width` bits, sign included, of which `fraction` stand right of the binary point.

    ```mlir
    tensor<?x128x!mase.fixed<24, 12>>
    ```
  }];
  let parameters = (ins "unsigned":$width, "int":$fraction);
  let assemblyFormat = "`<` $width `,` $fraction `>`";
}

def Mase_NamedFormatType : Mase_FormatType<"NamedFormat", "format"> {
  let summary = "Any other format, by its name";
  let description = [{
    A format whose family has no type of its own, named as on the command line. A new family of formats needs nothing
    here to be used in the IR.

    ```mlir
    tensor<?x128x!mase.format<"mxfp4">>
    ```
  }];
  let parameters = (ins StringRefParameter<"name of the format">:$name);
  let extraClassDeclaration = "";
  let assemblyFormat = "`<` $name `>`";
}

#endif
