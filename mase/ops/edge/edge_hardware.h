// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What the hardware of operators is told of formats and tables, and beats as it takes them (docs/operators.md, O1,
/// O2, O4, S1).
///
/// Parameters are numbers: mase_edge_decode.sv, mase_edge_cast.sv and mase_function_table.sv say what each means.
/// Thread-safe. No MLIR.
#pragma once

#include "mase/ops/function_table.h"
#include "mase/ops/wide_rows.h"

#include <string>
#include <utility>
#include <vector>

namespace mase {

using ModuleParameters = std::vector<std::pair<std::string, std::string>>;

/// Parameters of an input in `format`, each name after `prefix` ("A", "Input").
/// Errors  InputError when the format is no edge's (edgeBits), or its elements come from a table.
ModuleParameters edgeInputParameters(const Format &format, const std::string &prefix);

/// Parameters of an output, each name after "Output".
/// Errors  the same, and when no cast makes the format.
ModuleParameters edgeOutputParameters(const Format &format);

/// IndexBits, SlopeBits and Words of a table.
ModuleParameters tableParameters(const FunctionTable &table);

/// Beats of rows, lowest element first: hexadecimal, the scales above the elements. `tile` is as S1 says and divides
/// the columns, which are whole blocks where the format has any.
std::vector<std::string> edgeBeats(const Format &format, const BlockIntegers &rows, int64_t tile);

/// Bits of a beat's elements and of its scales; of a static scale a port of one bit that counts nothing.
int64_t edgeDataBits(const Format &format, int64_t tile);
int64_t edgeScaleBits(const Format &format, int64_t tile);

/// Numbers of a word as memories and streams take it, the first in the lowest bits.
class HexWord {
public:
  explicit HexWord(int64_t width) : nibbles_(static_cast<size_t>((width + 3) / 4)) {}
  /// The low `bits` of a value.
  void append(uint64_t value, int64_t bits);
  std::string hexadecimal() const;

private:
  std::vector<uint8_t> nibbles_;
  int64_t used_ = 0;
};

} // namespace mase
