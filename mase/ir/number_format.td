// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The interface of every type that says how a number is stored.
#ifndef MASE_IR_NUMBER_FORMAT_TD
#define MASE_IR_NUMBER_FORMAT_TD

include "mlir/IR/OpBase.td"

def Mase_NumberFormat : TypeInterface<"NumberFormat"> {
  let cppNamespace = "::mase::ir";
  let description = [{
    An element type with a format of mase/formats behind it. The format is the one definition: the type holds no more
    than its parameters.
  }];
  let methods = [
    InterfaceMethod<"The format: emulator, integer view and name. The same object for equal types.",
      "const ::mase::Format &", "format">,
    InterfaceMethod<"Bits of one element, its share of the scale included.",
      "double", "bitsPerElement", (ins), "", "return $_type.format().bitsPerElement();">,
    InterfaceMethod<"The elements that share a scale: rows x columns, columns along the last dimension.",
      "::mase::BlockShape", "block", (ins), "", "return $_type.format().block();">
  ];
}

#endif
