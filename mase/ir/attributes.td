// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How an operator is mapped to hardware.
#ifndef MASE_IR_ATTRIBUTES_TD
#define MASE_IR_ATTRIBUTES_TD

include "mase/ir/dialect.td"

def Mase_HwAttr : AttrDef<Mase_Dialect, "Hw"> {
  let mnemonic = "hw";
  let summary = "The hardware template of an operator and its tile";
  let description = [{
    `ip` names the template in the operator's folder, `tile` the elements it takes in a cycle, in the order the template
    documents. An operator without it is software only.

    ```mlir
    #mase.hw<ip = "linear", tile = [32, 4]>   // 32 input features by 4 outputs
    ```
  }];
  let parameters = (ins StringRefParameter<"template">:$ip, Mase_IntList<"elements a cycle">:$tile);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

#endif
