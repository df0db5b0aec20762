// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What a figure was measured on, for the head of every benchmark's output.
///
/// A ratio holds for a machine and an instruction set only; a benchmark that does not name them says nothing.
#pragma once

#include <string>

namespace mase::bench {

/// For example "AMD EPYC, family 26 model 2, 2 cores, AVX3_DL": the processor, and what Highway chose of it.
std::string machine();

} // namespace mase::bench
