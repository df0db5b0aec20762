// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A beat of an edge as whole numbers and the exponents of their blocks. Combinational. (operators.md O1, S1)
module mase_edge_decode #(
  parameter int Lanes = 1,               // elements a beat, S1
  parameter int Bits = 8,                // of an element's code
  parameter int ExponentBits = 0,        // 0: two's complement; else a float: sign, exponent field, mantissa
  parameter int MaxShift = 0,            // of the largest float
  parameter int ScaleBits = 8,           // of a stored scale; 0: there are none
  parameter int Exponent = -133,         // what a stored scale of 0 stands for; of a static one the exponent
  localparam int Blocks = (Lanes + 31) / 32,
  localparam int ScaleWidth = (ScaleBits == 0) ? 1 : Blocks * ScaleBits,
  localparam int WholeBits = 1 + MaxShift + ((ScaleBits == 0) ? Bits : (ExponentBits == 0) ? Bits - 1
                                                                                        : Bits - ExponentBits)
) (
  input  logic [Lanes*Bits-1:0]      data_i,
  input  logic [ScaleWidth-1:0]        scale_i,
  output logic [Lanes*WholeBits-1:0] whole_o,      // X, signed
  output logic [Blocks*12-1:0]       exponent_o    // e, signed
);
  generate
    for (genvar i = 0; i < Lanes; i = i + 1) begin : g_lane
      if (ScaleBits == 0) begin : g_static
        assign whole_o[i*WholeBits +: WholeBits] = {data_i[i*Bits + Bits - 1], data_i[i*Bits +: Bits]};
      end else begin : g_element
        mase_element_decode #(.Bits(Bits), .ExponentBits(ExponentBits), .MaxShift(MaxShift), .Fixed(1'b1)) u_decode (
          .code_i(data_i[i*Bits +: Bits]), .element_o(whole_o[i*WholeBits +: WholeBits]));
      end
    end
    for (genvar b = 0; b < Blocks; b = b + 1) begin : g_block
      if (ScaleBits == 0) begin : g_static
        logic unused;
        assign unused = ^scale_i;
        assign exponent_o[b*12 +: 12] = Exponent[11:0];
      end else begin : g_stored
        assign exponent_o[b*12 +: 12] = 12'(scale_i[b*ScaleBits +: ScaleBits]) + Exponent[11:0];
      end
    end
  endgenerate
endmodule
